(** Instances with exact data, and what is computed of their constant point. *)

From Coquelicot Require Import Coquelicot.
From Coq Require Import ZArith Reals QArith Qreals List Lra Lia Psatz Bool.
From Minima Require Import Network Sums Layers Rational Enclosure Activations Widths.
Import ListNotations.
Open Scope R_scope.

Record row := Row { entries : list Q; answer : Q }.

Definition real_row (r : row) : sample := Sample (reals (entries r)) (Q2R (answer r)).
Definition data_of (rows : list row) : list sample := map real_row rows.

(** ** Levels: a rational, or the logarithm of one, with rational bounds *)

Inductive number := Rational (q : Q) | Logarithm (q : Q).

Definition real_number (n : number) : R := match n with Rational q => Q2R q | Logarithm q => ln (Q2R q) end.

Record bracket := Bracket { inner : number; lower : Q; upper : Q }.

Definition bracket_check (b : bracket) : bool :=
  match inner b with
  | Rational q => at_most (lower b) q && at_most q (upper b)
  | Logarithm q =>
      nonnegative (I.sub precision (I.ln precision (rational q)) (rational (lower b)))
      && nonnegative (I.sub precision (rational (upper b)) (I.ln precision (rational q)))
  end.

Lemma bracket_correct b : bracket_check b = true -> Q2R (lower b) <= real_number (inner b) <= Q2R (upper b).
Proof.
  unfold bracket_check. destruct (inner b) as [q|q]; intros H; apply andb_prop in H; destruct H as [Hl Hu]; simpl.
  - split; now apply at_most_real.
  - pose proof (encloses_ln _ _ (encloses_rational q)) as E.
    apply (nonnegative_correct _ (ln (Q2R q) - Q2R (lower b))) in Hl; [|apply encloses_sub; auto using encloses_rational].
    apply (nonnegative_correct _ (Q2R (upper b) - ln (Q2R q))) in Hu; [|apply encloses_sub; auto using encloses_rational].
    lra.
Qed.

(** ** The residual c - target *)

Definition residual (c : Q) (r : row) : Q := minus c (answer r).

Lemma real_residual c r : Q2R (residual c r) = Q2R c - target (real_row r).
Proof. apply real_minus. Qed.

(** It is orthogonal to the constants and to every feature. *)
Definition orthogonal (c : Q) (rows : list row) : bool :=
  Qeq_bool (total_of (residual c) rows) 0 && sum_vanishes (residual c) entries rows.

Lemma orthogonal_mean c rows : orthogonal c rows = true -> total (fun s => Q2R c - target s) (data_of rows) = 0.
Proof.
  intros H. apply andb_prop in H. destruct H as [H _]. apply equal_real in H. rewrite real_total, real_zero in H.
  unfold data_of. rewrite total_map, <- H. apply total_ext. intros; now rewrite real_residual.
Qed.

Lemma orthogonal_slope c rows w :
  orthogonal c rows = true -> total (fun s => (Q2R c - target s) * dot w (input s)) (data_of rows) = 0.
Proof.
  intros H. apply andb_prop in H. destruct H as [_ H]. unfold data_of. rewrite total_map.
  rewrite <- (vanishing_sum _ _ _ w H). apply total_ext. intros; now rewrite real_residual.
Qed.

Definition squared_residual (c : Q) (rows : list row) : Q :=
  total_of (fun r => times (residual c r) (residual c r)) rows.

Lemma constant_loss activation a stages c sign net rows :
  constant_network activation a stages (Q2R c) sign net ->
  loss activation (data_of rows) net = Q2R (squared_residual c rows).
Proof.
  intros Hnet. unfold loss, squared_residual, data_of. rewrite total_map, real_total. apply total_ext. intros r _.
  rewrite (constant_output activation a stages (Q2R c) sign) by assumption. rewrite real_times, real_residual. ring.
Qed.

Definition of_length (inputs : nat) (rows : list row) : bool :=
  forallb (fun r => Nat.eqb (length (entries r)) inputs) rows.

(** ** Signs *)

Definition sign_check (s : Z) : bool := Z.eqb s 1 || Z.eqb s (-1).

Lemma sign_correct s : sign_check s = true -> IZR s = 1 \/ IZR s = -1.
Proof.
  intros H. apply orb_prop in H. destruct H as [H|H]; apply Z.eqb_eq in H; subst; [now left|now right].
Qed.

(** ** Stages *)

Definition real_stage (s : Z * bracket) : stage := Stage (IZR (fst s)) (real_number (inner (snd s))).

(** ** From a better network with rational weights to every wider shape *)

Record rational_unit := QUnit { q_weights : list Q; q_bias : Q }.
Record rational_network := QNetwork { q_hidden : list (list rational_unit); q_last_weights : list Q; q_last_bias : Q }.

Definition real_unit (u : rational_unit) : unit := Unit (reals (q_weights u)) (Q2R (q_bias u)).
Definition real_network (n : rational_network) : network :=
  Network (map (map real_unit) (q_hidden n)) (reals (q_last_weights n)) (Q2R (q_last_bias n)).

Fixpoint layers_check (inputs : nat) (widths : list nat) (layers : list (list rational_unit)) : bool :=
  match widths, layers with
  | [], [] => true
  | width :: widths', l :: layers' =>
      Nat.eqb (length l) width && forallb (fun u => Nat.eqb (length (q_weights u)) inputs) l
      && layers_check width widths' layers'
  | _, _ => false
  end.

Definition shape_check (inputs : nat) (widths : list nat) (n : rational_network) : bool :=
  layers_check inputs widths (q_hidden n) && Nat.eqb (length (q_last_weights n)) (last widths inputs).

Lemma layers_shape widths : forall inputs layers,
  layers_check inputs widths layers = true -> layers_of_shape inputs widths (map (map real_unit) layers).
Proof.
  induction widths as [|width widths IH]; intros inputs [|l layers] H; simpl in *; try discriminate; [exact I|].
  apply andb_prop in H. destruct H as [H Hrest]. apply andb_prop in H. destruct H as [Hl Hunits].
  repeat split; [rewrite map_length; now apply Nat.eqb_eq| |now apply IH].
  rewrite Forall_map, Forall_forall. intros u Hu. rewrite forallb_forall in Hunits. simpl. unfold reals.
  rewrite map_length. now apply Nat.eqb_eq, Hunits.
Qed.

Lemma shape_correct inputs widths n : shape_check inputs widths n = true -> of_shape inputs widths (real_network n).
Proof.
  intros H. apply andb_prop in H. destruct H as [H1 H2]. split; [now apply layers_shape|].
  simpl. unfold reals. rewrite map_length. now apply Nat.eqb_eq.
Qed.

Definition dot_i (a b : list I.type) : I.type :=
  (fix dot_i a b := match a, b with
                    | x :: a', y :: b' => I.add precision (I.mul precision x y) (dot_i a' b')
                    | _, _ => I.fromZ precision 0
                    end) a b.

Lemma dot_i_correct a b x y : Forall2 encloses a x -> Forall2 encloses b y -> encloses (dot_i a b) (dot x y).
Proof.
  intros Ha; revert b y. induction Ha as [|i v a x Hi Ha IH]; intros b y Hb; simpl; [apply (encloses_integer 0)|].
  destruct Hb as [|j w b y Hj Hb]; [apply (encloses_integer 0)|]. apply encloses_add; [now apply encloses_mul|]. now apply IH.
Qed.

Lemma rationals_correct l : Forall2 encloses (map rational l) (reals l).
Proof. induction l; constructor; [apply encloses_rational|assumption]. Qed.

Definition unit_i (value : expression) (x : list I.type) (u : list I.type * I.type) : I.type :=
  enclose value (I.add precision (dot_i (fst u) x) (snd u)).

Fixpoint hidden_i (value : expression) (layers : list (list (list I.type * I.type))) (x : list I.type) : list I.type :=
  match layers with
  | [] => x
  | l :: above => hidden_i value above (map (unit_i value x) l)
  end.

Definition rounded_unit (u : rational_unit) : list I.type * I.type := (map rational (q_weights u), rational (q_bias u)).

Lemma hidden_i_correct activation value layers :
  (forall z, evaluate value z = activation z) -> forall x y, Forall2 encloses x y ->
  Forall2 encloses (hidden_i value (map (map rounded_unit) layers) x) (hidden_output activation (map (map real_unit) layers) y).
Proof.
  intros Hv. induction layers as [|l layers IH]; intros x y H; simpl; [exact H|]. apply IH.
  unfold layer_output. rewrite !map_map. induction l as [|u l IHl]; simpl; constructor; [|exact IHl].
  rewrite <- Hv. apply enclose_correct, encloses_add; [|apply encloses_rational]. apply dot_i_correct; [apply rationals_correct|exact H].
Qed.

Definition square_of (i : I.type) : I.type := I.mul precision i i.

(** An enclosure of the loss. The weights are rounded once, not for every sample. *)
Definition loss_i (value : expression) (rows : list row) (n : rational_network) : I.type :=
  let layers := map (map rounded_unit) (q_hidden n) in
  let last_ws := map rational (q_last_weights n) in
  let last_b := rational (q_last_bias n) in
  fold_right (fun r sum =>
    I.add precision
      (square_of (I.sub precision (I.add precision (dot_i last_ws (hidden_i value layers (map rational (entries r)))) last_b)
                                  (rational (answer r))))
      sum) (I.fromZ precision 0) rows.

Lemma loss_i_correct activation value rows n :
  (forall z, evaluate value z = activation z) ->
  encloses (loss_i value rows n) (loss activation (data_of rows) (real_network n)).
Proof.
  intros Hv. unfold loss_i, loss, data_of. induction rows as [|r rows IH]; simpl; [apply (encloses_integer 0)|].
  apply encloses_add; [|exact IH]. rewrite Rmult_1_r. unfold square_of.
  apply encloses_mul; (apply encloses_sub; [|apply encloses_rational]);
    (apply encloses_add; [|apply encloses_rational]); (apply dot_i_correct; [apply rationals_correct|]);
    apply (hidden_i_correct activation); try exact Hv; apply rationals_correct.
Qed.

Definition better_check (value : expression) (rows : list row) (inputs : nat) (output_bias : bool) (widths : list nat)
    (low : Q) (n : rational_network) : bool :=
  of_length inputs rows && shape_check inputs widths n && (output_bias || Qeq_bool (q_last_bias n) 0)
  && nonnegative (I.sub precision (rational low) (loss_i value rows n)).

Lemma better_correct activation value rows inputs output_bias least low n widths :
  (forall z, evaluate value z = activation z) ->
  better_check value rows inputs output_bias least low n = true -> at_least widths least ->
  exists net, of_shape inputs widths net /\ (output_bias = false -> last_bias net = 0)
              /\ loss activation (data_of rows) net <= Q2R low.
Proof.
  intros Hv H Hwide. apply andb_prop in H. destruct H as [H Hloss]. apply andb_prop in H. destruct H as [H Hbias].
  apply andb_prop in H. destruct H as [Hlength Hshape].
  destruct (wider activation inputs least widths (real_network n) (shape_correct _ _ _ Hshape) Hwide) as (net & Hnet & Hlast & Hsame).
  exists net. split; [exact Hnet|]. split.
  - intros ->. rewrite Hlast. simpl. rewrite (equal_real _ _ Hbias). apply real_zero.
  - apply (nonnegative_correct _ (Q2R low - loss activation (data_of rows) (real_network n))) in Hloss.
    + replace (loss activation (data_of rows) net) with (loss activation (data_of rows) (real_network n)); [lra|].
      unfold loss, data_of. rewrite !total_map. apply total_ext. intros r Hr. rewrite Hsame; [reflexivity|].
      simpl. unfold reals. rewrite map_length. unfold of_length in Hlength. rewrite forallb_forall in Hlength. now apply Nat.eqb_eq, Hlength.
    + apply encloses_sub; [apply encloses_rational|now apply loss_i_correct].
Qed.

(** ** The bad local minimum of every shape *)

Definition existence_check (value : expression) (output_bias : bool) (c : Q) (sign : Z) (top : bracket) : bool :=
  sign_check sign && bracket_check top
  && (output_bias
      || strictly_positive (I.mul precision (I.mul precision (I.fromZ precision sign) (rational c))
                              (enclose value (span (Some (lower top)) (Some (upper top)))))).

Definition top_bracket (first : bracket) (stages : list (Z * bracket)) : bracket := last (map snd stages) first.

Lemma top_level_bracket first stages :
  top_level (real_number (inner first)) (map real_stage stages) = real_number (inner (top_bracket first stages)).
Proof.
  revert first. induction stages as [|s stages IH]; intros first; [reflexivity|]. simpl map. simpl top_level. rewrite IH.
  unfold top_bracket. simpl map. now rewrite last_cons.
Qed.

Definition point_check (value : expression) (rows : list row) (inputs : nat) (output_bias : bool) (first : bracket)
    (stages : list (Z * bracket)) (c : Q) (sign : Z) (least : list nat) (high low : Q) (n : rational_network) : bool :=
  existence_check value output_bias c sign (top_bracket first stages)
  && forallb (fun s => sign_check (fst s)) stages
  && Qeq_bool (squared_residual c rows) high
  && positive (minus high low)
  && Nat.eqb (length least) (S (length stages)) && forallb (Nat.leb 1) least
  && better_check value rows inputs output_bias least low n.

Theorem bad_local_minimum_checked activation value rows inputs output_bias first stages c sign least high low n :
  (forall z, evaluate value z = activation z) ->
  point_check value rows inputs output_bias first stages c sign least high low n = true ->
  (forall widths net, Forall (fun w => 1 <= w)%nat widths -> of_shape inputs widths net ->
     constant_network activation (real_number (inner first)) (map real_stage stages) (Q2R c) (IZR sign) net ->
     local_minimum activation (data_of rows) net) ->
  forall widths, at_least widths least ->
  bad_local_minimum activation (data_of rows) inputs output_bias widths (Q2R high) (Q2R low).
Proof.
  intros Hv H Hlocal widths Hwide. unfold point_check in H.
  repeat match goal with H : _ && _ = true |- _ => apply andb_prop in H; destruct H end.
  match goal with H : positive _ = true |- _ => apply positive_real in H; rewrite real_minus in H end.
  split; [lra|]. split; [|now apply (better_correct activation value rows inputs output_bias least low n)].
  match goal with H : existence_check _ _ _ _ _ = true |- _ => unfold existence_check in H; rename H into Hex end.
  apply andb_prop in Hex. destruct Hex as [Hex Hvalue]. apply andb_prop in Hex. destruct Hex as [Hsign Htop].
  apply sign_correct in Hsign. apply bracket_correct in Htop.
  set (a := real_number (inner first)) in *. set (top := activation (top_level a (map real_stage stages))) in *.
  match goal with H : forallb (Nat.leb 1) least = true |- _ => rewrite forallb_forall in H; rename H into Hpos end.
  match goal with H : Nat.eqb (length least) _ = true |- _ => apply Nat.eqb_eq in H; rename H into Hlength end.
  match goal with H : forallb (fun s => sign_check (fst s)) stages = true |- _ => rewrite forallb_forall in H; rename H into Hsigns end.
  assert (Hwidths : Forall (fun w => 1 <= w)%nat widths /\ length widths = length least).
  { clear - Hwide Hpos. induction Hwide as [|l w ls ws Hle Hws IH]; [split; [constructor|reflexivity]|].
    destruct IH as [IH1 IH2]; [intros v Hv; apply Hpos; now right|]. split; [|simpl; now rewrite IH2].
    constructor; [|exact IH1]. apply Nat.le_trans with l; [apply Nat.leb_le, Hpos; now left|exact Hle]. }
  destruct Hwidths as [Hwidths1 Hwidths2]. rewrite Hlength in Hwidths2. destruct widths as [|width widths]; [discriminate|].
  injection Hwidths2 as Hwidths2. inversion_clear Hwidths1 as [|? ? Hw Hws].
  assert (Hstages : Forall (fun s => incoming s <> 0) (map real_stage stages)).
  { rewrite Forall_map, Forall_forall. intros s Hs. simpl. destruct (sign_correct _ (Hsigns s Hs)) as [-> | ->]; lra. }
  set (v := if output_bias then IZR sign else Q2R c / top).
  assert (Hpositive : 0 < IZR sign * v /\ (output_bias = false -> Q2R c - v * top = 0)).
  { unfold v. destruct output_bias; cbn [orb] in Hvalue.
    - split; [destruct Hsign as [-> | ->]; lra|discriminate].
    - apply (strictly_positive_correct _ (IZR sign * Q2R c * top)) in Hvalue.
      + assert (top <> 0) by (intros E; rewrite E in Hvalue; lra). split; [|intros _; field; assumption].
        replace (IZR sign * (Q2R c / top)) with (IZR sign * Q2R c * top * (/ top * / top)) by (field; assumption).
        apply Rmult_lt_0_compat; [exact Hvalue|]. assert (/ top <> 0) by now apply Rinv_neq_0_compat. nra.
      + apply encloses_mul; [apply encloses_mul; [apply encloses_integer|apply encloses_rational]|].
        unfold top. rewrite <- Hv. apply enclose_correct, span_correct. unfold a. rewrite top_level_bracket. exact Htop. }
  destruct Hpositive as [Hsv Hzero].
  destruct (constant_exists activation a (map real_stage stages) (Q2R c) (IZR sign) v inputs width widths) as (net & Hshape & Hnet & Hlast);
    try assumption; [now rewrite map_length|].
  exists net. split; [exact Hshape|]. split; [intros Hb; rewrite Hlast; now apply Hzero|]. split; [apply (Hlocal (width :: widths)); auto|].
  rewrite (constant_loss activation a (map real_stage stages) c (IZR sign)) by assumption. now apply equal_real.
Qed.
