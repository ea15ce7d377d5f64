(** T4 for an instance: the Jensen gaps and the intervals are checked by computation. *)

From Coquelicot Require Import Coquelicot.
From Coq Require Import ZArith Reals QArith Qreals List Lra Lia Psatz Bool.
From Minima Require Import Network Sums Taylor Layers Jensen Rational Enclosure Activations Instance CheckBox.
Import ListNotations.
Open Scope R_scope.

(** ** Convexity and monotonicity from the signs of derivatives *)

Definition real_range (lo hi : option Q) : range := Range (option_map Q2R lo) (option_map Q2R hi).

Lemma range_within lo hi x : inside (real_range lo hi) x <-> within lo hi x.
Proof. unfold inside, within. destruct lo, hi; simpl; tauto. Qed.

Lemma inside_between i x y t : inside i x -> inside i y -> between x y t -> inside i t.
Proof.
  unfold inside, between, Rmin, Rmax. intros [H1 H2] [H3 H4] Ht. destruct (lowest i), (highest i); destruct (Rle_dec x y); lra.
Qed.

(** k times [e], whose derivative is [d], is not negative on the interval. *)
Definition sign_kept (e d : expression) (k : Z) (lo hi : option Q) : bool :=
  sign_check k && least depth (Times (Integer k) e) (Times (Integer k) d) 0 lo hi.

Lemma sign_kept_correct e d k lo hi t :
  (forall t, is_derive (evaluate e) t (evaluate d t)) ->
  sign_kept e d k lo hi = true -> within lo hi t -> 0 <= IZR k * evaluate e t.
Proof.
  intros Hd H Ht. apply andb_prop in H. destruct H as [_ H]. rewrite <- real_zero.
  apply (least_correct _ (Times (Integer k) e) (Times (Integer k) d) _ _ _ t) with (2 := H); [|exact Ht].
  intros x. simpl. now apply is_derive_scal.
Qed.

Lemma bend_correct activation (known : smooth activation) k lo hi :
  sign_kept (second_of known) (third_of known) k lo hi = true -> convex_on (IZR k) activation (real_range lo hi).
Proof.
  intros H z Hz. exists (IZR k * evaluate (first_of known) z). intros y Hy.
  pose proof (taylor_scaled (IZR k) activation (evaluate (first_of known)) (evaluate (second_of known)) z (y - z) 0) as T.
  replace (z + (y - z)) with y in T by lra. replace (0 / 2 * (y - z) ^ 2) with 0 in T by lra. rewrite Rplus_0_r in T. apply T.
  intros t Ht. split; [split; [apply first_correct|apply second_correct]|].
  apply (sign_kept_correct _ _ _ _ _ t (third_correct known) H), range_within. now apply (inside_between _ z y).
Qed.

Lemma slope_correct activation (known : smooth activation) k lo hi :
  sign_kept (first_of known) (second_of known) k lo hi = true -> increasing_on (IZR k) activation (real_range lo hi).
Proof.
  intros H y z Hy Hz Hyz.
  destruct (mean_value activation (evaluate (first_of known)) y z (fun t _ => first_correct known t)) as [t [Ht E]].
  assert (0 <= IZR k * evaluate (first_of known) t).
  { apply (sign_kept_correct _ _ _ _ _ t (second_correct known) H), range_within. now apply (inside_between _ y z). }
  assert (0 <= IZR k * evaluate (first_of known) t * (z - y)) by (apply Rmult_le_pos; lra).
  replace (activation z) with (activation y + evaluate (first_of known) t * (z - y)) by lra. nra.
Qed.

(** ** Gaps: rows by their numbers *)

Record rational_gap := QGap { q_size : Q; q_centre : nat; q_vertices : list (Q * nat) }.

Section Rows.
Variable rows : list row.

Definition entries_at (n : nat) : list Q := entries (nth n rows (Row [] 0)).

Definition real_gap (g : rational_gap) : gap :=
  Gap (Q2R (q_size g)) (reals (entries_at (q_centre g)))
      (map (fun v => (Q2R (fst v), reals (entries_at (snd v)))) (q_vertices g)).

Definition gap_check (g : rational_gap) : bool :=
  at_most 0 (q_size g) && forallb (fun v => at_most 0 (fst v)) (q_vertices g)
  && Qeq_bool (total_of fst (q_vertices g)) 1
  && sum_vanishes fst (fun v => entries_at (snd v)) (((-1)%Q, q_centre g) :: q_vertices g).

Lemma real_minus_one : Q2R (-1) = -1.
Proof. unfold Q2R; simpl; lra. Qed.

Lemma gap_correct g : gap_check g = true -> is_gap (real_gap g).
Proof.
  unfold gap_check. intros H. repeat match goal with H : _ && _ = true |- _ => apply andb_prop in H; destruct H end.
  match goal with H : forallb _ _ = true |- _ => rewrite forallb_forall in H; rename H into Hpos end.
  match goal with H : sum_vanishes _ _ _ = true |- _ => rename H into Hsum end.
  unfold real_gap. split; [|split; [|split]]; cbn [size vertices].
  - rewrite <- real_zero. now apply at_most_real.
  - intros v Hv. apply in_map_iff in Hv. destruct Hv as (w & <- & Hw). simpl. rewrite <- real_zero. now apply at_most_real, Hpos.
  - match goal with H : Qeq_bool _ 1 = true |- _ => apply equal_real in H; rewrite real_one, real_total in H; rewrite total_map; exact H end.
  - intros w. unfold gap_of. cbn [vertices centre]. rewrite total_map. cbn [fst snd].
    pose proof (vanishing_sum _ _ _ w Hsum) as E. cbn [total fold_right fst snd] in E. rewrite real_minus_one in E.
    unfold total in *. lra.
Qed.

(** The coefficients of the gaps at each row. *)
Definition contributions (gaps : list rational_gap) : list (Q * nat) :=
  flat_map (fun g => (Qopp (q_size g), q_centre g) :: map (fun v => (times (q_size g) (fst v), snd v)) (q_vertices g)) gaps.

Definition coefficient_at (cs : list (Q * nat)) (n : nat) : Q :=
  total_of (fun e => if Nat.eqb (snd e) n then fst e else 0%Q) cs.

Definition residual_check (c : Q) (e : Z) (gaps : list rational_gap) : bool :=
  let cs := contributions gaps in
  forallb (fun p => Nat.ltb (snd p) (length rows)) cs
  && forallb (fun p => Qeq_bool (residual c (snd p)) (times (inject_Z e) (coefficient_at cs (fst p))))
       (combine (seq 0 (length rows)) rows).

Lemma total_contributions gaps (f : list R -> R) :
  total (fun g => size g * gap_of g f) (map real_gap gaps)
  = total (fun e => Q2R (fst e) * f (reals (entries_at (snd e)))) (contributions gaps).
Proof.
  induction gaps as [|g gaps IH]; [reflexivity|]. unfold contributions. cbn [flat_map map].
  rewrite total_app. fold (contributions gaps). rewrite <- IH, !total_cons. f_equal.
  unfold gap_of. cbn [real_gap size vertices centre fst snd]. rewrite !total_map. cbn [fst snd]. rewrite Q2R_opp.
  rewrite (total_ext (fun a => Q2R (times (q_size g) (fst a)) * f (reals (entries_at (snd a))))
             (fun a => Q2R (q_size g) * (Q2R (fst a) * f (reals (entries_at (snd a)))))) by (intros; rewrite real_times; ring).
  rewrite total_scale. ring.
Qed.

Lemma total_single n (q : R) (F : nat -> R) m k :
  total (fun i => (if Nat.eqb n i then q else 0) * F i) (seq m k)
  = if (Nat.leb m n && Nat.ltb n (m + k))%bool then q * F n else 0.
Proof.
  revert m; induction k as [|k IH]; intros m; cbn [seq]; [|rewrite total_cons].
  - destruct (Nat.leb_spec m n), (Nat.ltb_spec n (m + 0)); simpl; try reflexivity. lia.
  - rewrite IH.
    destruct (Nat.eqb_spec n m) as [->|Hne].
    + destruct (Nat.leb_spec (S m) m); [lia|]. destruct (Nat.leb_spec m m); [|lia].
      destruct (Nat.ltb_spec m (m + S k)); [|lia]. simpl. ring.
    + destruct (Nat.leb_spec (S m) n), (Nat.leb_spec m n), (Nat.ltb_spec n (S m + k)), (Nat.ltb_spec n (m + S k)); simpl; try lia; ring.
Qed.

Lemma total_by_row cs (F : nat -> R) N :
  (forall p, In p cs -> (snd p < N)%nat) ->
  total (fun e : Q * nat => Q2R (fst e) * F (snd e)) cs = total (fun i => Q2R (coefficient_at cs i) * F i) (seq 0 N).
Proof.
  intros H. unfold coefficient_at.
  rewrite (total_ext _ (fun i => total (fun e : Q * nat => (if Nat.eqb (snd e) i then Q2R (fst e) else 0) * F i) cs) (seq 0 N)).
  2:{ intros i _. rewrite real_total, Rmult_comm, <- total_scale. apply total_ext. intros e _.
      destruct (Nat.eqb (snd e) i); [ring|rewrite real_zero; ring]. }
  rewrite total_swap. apply total_ext. intros e He. rewrite total_single. specialize (H e He).
  destruct (Nat.leb_spec 0 (snd e)); [|lia]. destruct (Nat.ltb_spec (snd e) (0 + N)); [reflexivity|lia].
Qed.

Lemma total_rows (f : nat -> row -> R) (l : list row) : forall m,
  total (fun p => f (fst p) (snd p)) (combine (seq m (length l)) l)
  = total (fun i => f i (nth (i - m) l (Row [] 0))) (seq m (length l)).
Proof.
  induction l as [|r l IH]; intros m; [reflexivity|]. cbn [length seq combine]. rewrite !total_cons.
  cbn [fst snd]. rewrite IH. f_equal; [now rewrite Nat.sub_diag|]. apply (total_ext _ _ (seq (S m) (length l))).
  intros i Hi. apply in_seq in Hi. now replace (i - m)%nat with (S (i - S m)) by lia.
Qed.

Lemma residual_correct c e gaps f :
  residual_check c e gaps = true ->
  total (fun s => (Q2R c - target s) * f (input s)) (data_of rows)
  = IZR e * total (fun g => size g * gap_of g f) (map real_gap gaps).
Proof.
  intros H. apply andb_prop in H. destruct H as [Hbound Hsame]. rewrite forallb_forall in Hbound, Hsame.
  rewrite total_contributions, (total_by_row _ (fun n => f (reals (entries_at n))) (length rows)).
  2:{ intros p Hp. now apply Nat.ltb_lt, Hbound. }
  unfold data_of. rewrite total_map.
  transitivity (total (fun p => (fun (_ : nat) r => (Q2R c - target (real_row r)) * f (input (real_row r))) (fst p) (snd p))
                  (combine (seq 0 (length rows)) rows)).
  { clear Hsame. generalize 0%nat. generalize rows. intros l. induction l as [|r l IH]; intros n; [reflexivity|].
    cbn [length seq combine]. rewrite !total_cons. f_equal. apply (IH (S n)). }
  rewrite <- total_scale.
  set (G := fun i r => IZR e * (Q2R (coefficient_at (contributions gaps) i) * f (reals (entries r)))).
  transitivity (total (fun p => G (fst p) (snd p)) (combine (seq 0 (length rows)) rows)).
  - apply total_ext. intros p Hp. specialize (Hsame p Hp). apply equal_real in Hsame. rewrite real_residual, real_times in Hsame.
    rewrite Hsame. change (input (real_row (snd p))) with (reals (entries (snd p))). unfold G.
    replace (Q2R (inject_Z e)) with (IZR e) by (unfold Q2R; simpl; lra). ring.
  - rewrite total_rows. apply total_ext. intros i _. unfold G, entries_at. now rewrite Nat.sub_0_r.
Qed.

End Rows.

(** ** The whole check *)

(** For each layer: sign of the incoming weights, level, direction of the activation and its interval. *)
Record jensen_layer := JLayer { j_sign : Z; j_level : bracket; j_slope : Z; j_lowest : option Q; j_highest : option Q }.

Definition real_bend (l : jensen_layer) : bend :=
  Bend (IZR (j_sign l)) (IZR (j_slope l)) (real_range (j_lowest l) (j_highest l)).

Definition stage_of (l : jensen_layer) : Z * bracket := (j_sign l, j_level l).

Definition level_inside (b : bracket) (lo hi : option Q) : bool :=
  bracket_check b
  && match lo with Some q => positive (minus (lower b) q) | None => true end
  && match hi with Some q => positive (minus q (upper b)) | None => true end.

Lemma level_inside_correct b lo hi :
  level_inside b lo hi = true -> strictly_inside (real_range lo hi) (real_number (inner b)).
Proof.
  intros H. apply andb_prop in H. destruct H as [H Hhi]. apply andb_prop in H. destruct H as [Hb Hlo].
  apply bracket_correct in Hb. unfold strictly_inside. destruct lo as [p|], hi as [q|]; simpl;
    try (apply positive_real in Hlo; rewrite real_minus in Hlo);
    try (apply positive_real in Hhi; rewrite real_minus in Hhi); lra.
Qed.

Fixpoint layers_bend (first second third : expression) (k : Z) (layers : list jensen_layer) : bool :=
  match layers with
  | [] => true
  | l :: above =>
      let k' := (k * j_sign l * j_slope l)%Z in
      sign_check (j_sign l) && sign_kept first second (j_slope l) (j_lowest l) (j_highest l)
      && sign_kept second third k' (j_lowest l) (j_highest l) && level_inside (j_level l) (j_lowest l) (j_highest l)
      && layers_bend first second third k' above
  end.

Fixpoint last_bend_of (k : Z) (layers : list jensen_layer) : Z :=
  match layers with
  | [] => k
  | l :: above => last_bend_of (k * j_sign l * j_slope l)%Z above
  end.

Definition jensen_check (first_derivative second third : expression) (rows : list row) (c : Q) (sign : Z) (gaps : list rational_gap)
    (k e : Z) (first : jensen_layer) (layers : list jensen_layer) : bool :=
  sign_check sign && sign_check e && forallb (gap_check rows) gaps && residual_check rows c e gaps
  && sign_kept second third k (j_lowest first) (j_highest first)
  && level_inside (j_level first) (j_lowest first) (j_highest first)
  && layers_bend first_derivative second third k layers && Z.eqb (last_bend_of k layers) (e * sign).

Section Checked.
Variables (activation : R -> R) (known : smooth activation) (rows : list row) (c : Q) (sign : Z) (gaps : list rational_gap)
  (k e : Z) (first : jensen_layer) (layers : list jensen_layer).
Hypothesis checked : jensen_check (first_of known) (second_of known) (third_of known) rows c sign gaps k e first layers = true.

Let a := real_number (inner (j_level first)).
Let stages := map real_stage (map stage_of layers).
Let bends := map real_bend layers.
Let range1 := real_range (j_lowest first) (j_highest first).

Lemma layers_bend_correct : forall ls k0, layers_bend (first_of known) (second_of known) (third_of known) k0 ls = true ->
  bends_fit activation (IZR k0) (map real_bend ls)
  /\ Forall2 (fun s b => incoming s = sign_in b /\ strictly_inside (interval b) (level s))
       (map real_stage (map stage_of ls)) (map real_bend ls)
  /\ orientation (IZR k0) (map real_bend ls) = IZR (last_bend_of k0 ls).
Proof.
  induction ls as [|l ls IH]; intros k0 H; [repeat split; constructor|].
  cbn [layers_bend] in H. repeat match goal with H : _ && _ = true |- _ => apply andb_prop in H; destruct H end.
  match goal with H : layers_bend _ _ _ _ _ = true |- _ => destruct (IH _ H) as (Fit & Inside & Top) end.
  cbn [map bends_fit orientation last_bend_of]. cbn [real_bend sign_in slope interval].
  rewrite !mult_IZR in Fit, Top. split; [|split].
  - split; [now apply sign_correct|]. split; [|split; [|split; [|exact Fit]]].
    + match goal with H : sign_kept (first_of _) _ _ _ _ = true |- _ => apply andb_prop in H; now apply sign_correct end.
    + rewrite <- !mult_IZR. now apply (bend_correct activation known).
    + now apply (slope_correct activation known).
  - constructor; [|exact Inside]. split; [reflexivity|]. now apply level_inside_correct.
  - exact Top.
Qed.

Lemma jensen_hypotheses :
  is_sign (IZR sign) /\ is_sign (IZR e) /\ is_sign (IZR k)
  /\ (forall g, In g (map (real_gap rows) gaps) -> is_gap g)
  /\ (forall f, total (fun s => (Q2R c - target s) * f (input s)) (data_of rows)
                = IZR e * total (fun g => size g * gap_of g f) (map (real_gap rows) gaps))
  /\ convex_on (IZR k) activation range1
  /\ bends_fit activation (IZR k) bends
  /\ orientation (IZR k) bends = IZR e * IZR sign
  /\ strictly_inside range1 a
  /\ Forall2 (fun s b => incoming s = sign_in b /\ strictly_inside (interval b) (level s)) stages bends.
Proof.
  pose proof checked as H. unfold jensen_check in H.
  repeat match goal with H : _ && _ = true |- _ => apply andb_prop in H; destruct H end.
  match goal with H : layers_bend _ _ _ _ _ = true |- _ => destruct (layers_bend_correct _ _ H) as (B1 & B2 & B3) end.
  match goal with H : forallb (gap_check _) _ = true |- _ => rewrite forallb_forall in H; rename H into Hgaps end.
  match goal with H : Z.eqb _ _ = true |- _ => apply Z.eqb_eq in H; rename H into Hlast end.
  split; [now apply sign_correct|]. split; [now apply sign_correct|].
  split; [match goal with H : sign_kept (second_of _) _ _ _ _ = true |- _ => apply andb_prop in H; now apply sign_correct end|].
  split; [intros g Hg; apply in_map_iff in Hg; destruct Hg as (q & <- & Hq); now apply gap_correct, Hgaps|].
  split; [intros f; now apply residual_correct|].
  split; [now apply (bend_correct activation known)|].
  split; [exact B1|]. split; [unfold bends; rewrite B3, Hlast; apply mult_IZR|].
  split; [now apply level_inside_correct|exact B2].
Qed.

Theorem jensen_checked net net' :
  constant_network activation a stages (Q2R c) (IZR sign) net ->
  jensen_region activation range1 bends (IZR sign) (flat_map points (map (real_gap rows) gaps)) net' ->
  loss activation (data_of rows) net <= loss activation (data_of rows) net'.
Proof.
  destruct jensen_hypotheses as (H1 & H2 & H3 & H4 & H5 & H6 & H7 & H8 & _ & _).
  exact (nothing_lower_in_jensen_region activation (data_of rows) a (Q2R c) (IZR sign) (IZR k) (IZR e) stages range1 bends
           (map (real_gap rows) gaps) H1 H3 H4 H5 H6 H7 H8 net net').
Qed.

Theorem jensen_minimum_checked net :
  constant_network activation a stages (Q2R c) (IZR sign) net -> local_minimum activation (data_of rows) net.
Proof.
  destruct jensen_hypotheses as (H1 & H2 & H3 & H4 & H5 & H6 & H7 & H8 & H9 & H10). intros Hnet.
  refine (local_minimum_jensen activation (data_of rows) a (Q2R c) (IZR sign) (IZR k) (IZR e) stages range1 bends
           (map (real_gap rows) gaps) net H1 H2 H3 H4 H5 H6 H7 H8 _ H9 H10 Hnet).
  intros t. apply (ex_derive_continuous (V := R_NormedModule)). exists (evaluate (first_of known) t). apply first_correct.
Qed.

End Checked.
