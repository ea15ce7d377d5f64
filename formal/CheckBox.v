(** T1 for an instance: the hypotheses on the box are checked by computation. *)

From Coquelicot Require Import Coquelicot.
From Coq Require Import ZArith Reals QArith Qreals List Lra Psatz Bool.
From Minima Require Import Network Sums Taylor Layers ConstantPoint Rational Enclosure Activations Instance.
Import ListNotations.
Open Scope R_scope.

(** Bounds of activation'' over the preactivations in the box for all samples with |x|_1 <= reach. *)
Record rung := Rung { reach : Q; least_bend : Q; greatest_bend : Q }.

Definition depth : nat := 14. (* bisections; opaque to the unifier, which would unfold them *)
Opaque depth.

Definition rung_check (second third : expression) (level : bracket) (r : Q) (g : rung) : bool :=
  let spread := times r (plus 1 (reach g)) in
  let lo := Some (minus (lower level) spread) in
  let hi := Some (plus (upper level) spread) in
  least depth second third (least_bend g) lo hi && greatest depth second third (greatest_bend g) lo hi.

Definition smaller (p q : Q) : Q := if Qle_bool p q then p else q.

Lemma smaller_real p q : Q2R (smaller p q) <= Q2R p /\ Q2R (smaller p q) <= Q2R q.
Proof.
  unfold smaller. destruct (Qle_bool p q) eqn:E.
  - apply Qle_bool_iff, Qle_Rle in E. lra.
  - assert (H : (q <= p)%Q). { apply Qlt_le_weak, Qnot_le_lt. intros H. apply Qle_bool_iff in H. congruence. }
    apply Qle_Rle in H. lra.
Qed.

(** A lower bound of sign * D * activation'' for one sample; nothing if no rung reaches it. *)
Definition floor_of (rungs : list rung) (sign : Z) (c : Q) (r : row) : option Q :=
  let d := times (inject_Z sign) (residual c r) in
  if Qeq_bool d 0 then Some 0%Q
  else match find (fun g => at_most (norm1_of (entries r)) (reach g)) rungs with
       | Some g => Some (smaller (times d (least_bend g)) (times d (greatest_bend g)))
       | None => None
       end.

Definition floor_or_zero (rungs : list rung) (sign : Z) (c : Q) (r : row) : Q :=
  match floor_of rungs sign c r with Some q => q | None => 0%Q end.

Definition reached (rungs : list rung) (sign : Z) (c : Q) (r : row) : bool :=
  match floor_of rungs sign c r with Some _ => true | None => false end.

Definition box_check (second third : expression) (rows : list row) (inputs : nat) (level : bracket) (c : Q) (sign : Z) (r : Q)
    (rungs : list rung) (d : BinNums.positive) : bool :=
  sign_check sign && bracket_check level && positive r && orthogonal c rows
  && forallb (rung_check second third level r) rungs
  && forallb (reached rungs sign c) rows
  && positive_form d inputs (moment (floor_or_zero rungs sign c) entries rows).

Section Box.
Variables (activation : R -> R) (known : smooth activation) (rows : list row) (inputs : nat) (level : bracket) (c : Q)
  (sign : Z) (r : Q) (rungs : list rung) (d : BinNums.positive).
Hypothesis checked : box_check (second_of known) (third_of known) rows inputs level c sign r rungs d = true.

Let a := real_number (inner level).
Let floors := map (fun row => (real_row row, Q2R (floor_or_zero rungs sign c row))) rows.

Lemma box_hypotheses :
  (IZR sign = 1 \/ IZR sign = -1)
  /\ total (fun s => Q2R c - target s) (data_of rows) = 0
  /\ (forall w, total (fun s => (Q2R c - target s) * dot w (input s)) (data_of rows) = 0)
  /\ map fst floors = data_of rows
  /\ (forall s floor t, In (s, floor) floors -> Rabs (t - a) <= Q2R r * (1 + norm1 (input s)) ->
        twice_differentiable activation (evaluate (first_of known)) (evaluate (second_of known)) t
        /\ floor <= IZR sign * (Q2R c - target s) * evaluate (second_of known) t)
  /\ (forall w, 0 <= total (fun p => snd p * dot w (input (fst p)) ^ 2) floors)
  /\ 0 < Q2R r.
Proof.
  pose proof checked as H. unfold box_check in H.
  repeat match goal with H : _ && _ = true |- _ => apply andb_prop in H; destruct H end.
  match goal with H : positive r = true |- _ => apply positive_real in H; rename H into Hr end.
  match goal with H : bracket_check level = true |- _ => apply bracket_correct in H; fold a in H; rename H into Ha end.
  match goal with H : forallb (rung_check _ _ _ _) _ = true |- _ => rewrite forallb_forall in H; rename H into Hrungs end.
  match goal with H : forallb (reached _ _ _) _ = true |- _ => rewrite forallb_forall in H; rename H into Hreached end.
  split; [now apply sign_correct|]. split; [now apply orthogonal_mean|]. split; [intros; now apply orthogonal_slope|].
  split; [unfold floors, data_of; now rewrite map_map|]. split; [|split; [|exact Hr]].
  - intros s floor t Hin Ht. split; [split; [apply first_correct|apply second_correct]|].
    unfold floors in Hin. apply in_map_iff in Hin. destruct Hin as (row & Heq & Hrow). injection Heq as Hs Hfloor. subst s floor.
    specialize (Hreached row Hrow). unfold reached in Hreached. unfold floor_or_zero.
    set (e := times (inject_Z sign) (residual c row)) in *.
    assert (Hd : IZR sign * (Q2R c - target (real_row row)) = Q2R e).
    { unfold e. rewrite real_times, real_residual. f_equal. unfold Q2R, inject_Z. simpl. lra. }
    rewrite Hd. unfold floor_of in *. fold e in Hreached |- *. destruct (Qeq_bool e 0) eqn:E0.
    + apply equal_real in E0. rewrite E0, real_zero. lra.
    + destruct (find _ rungs) as [g|] eqn:Ef; [|discriminate]. apply find_some in Ef. destruct Ef as [Hg Hsize].
      apply at_most_real in Hsize. rewrite real_norm1 in Hsize.
      specialize (Hrungs g Hg). unfold rung_check in Hrungs. apply andb_prop in Hrungs. destruct Hrungs as [Hlo Hhi].
      assert (Hin : within (Some (minus (lower level) (times r (plus 1 (reach g)))))
                      (Some (plus (upper level) (times r (plus 1 (reach g))))) t).
      { unfold within. rewrite real_minus, !real_plus, real_times, real_plus, real_one.
        apply Rabs_le_between in Ht. change (input (real_row row)) with (reals (entries row)) in Ht.
        assert (Q2R r * (1 + norm1 (reals (entries row))) <= Q2R r * (1 + Q2R (reach g))) by (apply Rmult_le_compat_l; lra).
        lra. }
      pose proof (least_correct _ _ _ _ _ _ _ (third_correct known) Hlo Hin).
      pose proof (greatest_correct _ _ _ _ _ _ _ (third_correct known) Hhi Hin).
      destruct (smaller_real (times e (least_bend g)) (times e (greatest_bend g))) as [Hs1 Hs2].
      rewrite !real_times in Hs1, Hs2. destruct (Rle_dec 0 (Q2R e)); nra.
  - intros w. unfold floors. rewrite total_map. cbn [fst snd].
    match goal with H : positive_form _ _ _ = true |- _ => pose proof (positive_form_value _ _ _ w H) as Hform end.
    rewrite moment_value in Hform. exact Hform.
Qed.

Theorem box_checked net net' :
  constant_network activation a [] (Q2R c) (IZR sign) net -> box (Q2R r) a (IZR sign) net' ->
  loss activation (data_of rows) net <= loss activation (data_of rows) net'.
Proof.
  intros Hnet Hbox. destruct box_hypotheses as (H1 & H2 & H3 & H4 & H5 & H6 & H7).
  exact (nothing_lower_in_box activation _ _ (data_of rows) a (Q2R c) (IZR sign) (Q2R r) H1 H2 H3 floors H4 H5 H6
           (Rlt_le _ _ H7) net net' Hnet Hbox).
Qed.

Theorem box_minimum_checked net :
  constant_network activation a [] (Q2R c) (IZR sign) net -> local_minimum activation (data_of rows) net.
Proof.
  intros Hnet. destruct box_hypotheses as (H1 & H2 & H3 & H4 & H5 & H6 & H7).
  exact (local_minimum_constant activation _ _ (data_of rows) a (Q2R c) (IZR sign) (Q2R r) H1 H2 H3 floors H4 H5 H6
           (Rlt_le _ _ H7) net H7 Hnet).
Qed.

End Box.
