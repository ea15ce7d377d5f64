(** T2 for an instance: the definite form and the sign pattern are checked by computation. *)

From Coquelicot Require Import Coquelicot.
From Coq Require Import ZArith Reals QArith Qreals List Lra Psatz Bool.
From Minima Require Import Network Sums Taylor Layers DeepMinimum Rational Enclosure Activations Instance.
Import ListNotations.
Open Scope R_scope.

(** [k e] is positive at the level. *)
Definition positive_at (e : expression) (k : Z) (b : bracket) : bool :=
  bracket_check b && strictly_positive (I.mul precision (I.fromZ precision k) (enclose e (span (Some (lower b)) (Some (upper b))))).

Lemma positive_at_correct e k b : positive_at e k b = true -> 0 < IZR k * evaluate e (real_number (inner b)).
Proof.
  intros H. apply andb_prop in H. destruct H as [Hb H]. apply bracket_correct in Hb.
  apply (strictly_positive_correct _ _ H). apply encloses_mul; [apply encloses_integer|].
  apply enclose_correct, span_correct. exact Hb.
Qed.

(** For each layer above the first: the direction in which the activation bends (1 or -1), and the stage. *)
Fixpoint pattern_check (first second : expression) (k : Z) (layers : list (Z * (Z * bracket))) (top : Z) : bool :=
  match layers with
  | [] => Z.eqb k top
  | (k', (s, b)) :: above =>
      sign_check k' && sign_check s && positive_at second k' b && positive_at first (k * k' * s) b
      && pattern_check first second k' above top
  end.

Definition deep_check (first second : expression) (rows : list row) (inputs : nat) (level : bracket) (c : Q) (sign orient k : Z)
    (layers : list (Z * (Z * bracket))) (mu : Q) (d : BinNums.positive) : bool :=
  sign_check sign && sign_check orient && sign_check k && orthogonal c rows && positive mu
  && positive_form d inputs
       (add_forms (diagonal (Qopp mu) inputs) (moment (fun r => times (inject_Z orient) (residual c r)) entries rows))
  && positive_at second k level && pattern_check first second k layers (orient * sign).

Section Deep.
Variables (activation : R -> R) (known : smooth activation).

Lemma smooth_everywhere a : smooth_near activation (evaluate (first_of known)) (evaluate (second_of known)) a.
Proof.
  split; [exists 1; split; [lra|]; intros t _; split; [apply first_correct|apply second_correct]|].
  repeat split; apply (ex_derive_continuous (V := R_NormedModule)).
  - exists (evaluate (first_of known) a). apply first_correct.
  - exists (evaluate (second_of known) a). apply second_correct.
  - exists (evaluate (third_of known) a). apply third_correct.
Qed.

Lemma pattern_correct layers : forall k top,
  pattern_check (first_of known) (second_of known) k layers top = true ->
  pattern (evaluate (first_of known)) (evaluate (second_of known)) (IZR k) (map real_stage (map snd layers)) (IZR top).
Proof.
  induction layers as [|[k' [s b]] layers IH]; intros k top H; cbn [pattern_check] in H.
  - apply Z.eqb_eq in H. now subst.
  - repeat match goal with H : _ && _ = true |- _ => apply andb_prop in H; destruct H end.
    cbn [map pattern]. exists (IZR k'). unfold real_stage at 1 2 3. cbn [fst snd incoming level].
    split; [now apply sign_correct|]. split; [now apply sign_correct|]. split; [now apply positive_at_correct|].
    split; [|now apply IH]. rewrite <- !mult_IZR. now apply positive_at_correct.
Qed.

Variables (rows : list row) (inputs : nat) (first : bracket) (c : Q) (sign orient k : Z) (layers : list (Z * (Z * bracket))) (mu : Q)
  (d : BinNums.positive).
Hypothesis checked : deep_check (first_of known) (second_of known) rows inputs first c sign orient k layers mu d = true.

Theorem deep_minimum_checked widths net :
  Forall (fun w => 1 <= w)%nat widths -> of_shape inputs widths net ->
  constant_network activation (real_number (inner first)) (map real_stage (map snd layers)) (Q2R c) (IZR sign) net ->
  local_minimum activation (data_of rows) net.
Proof.
  pose proof checked as H. unfold deep_check in H.
  repeat match goal with H : _ && _ = true |- _ => apply andb_prop in H; destruct H end.
  intros Hwidths Hshape Hnet.
  apply (local_minimum_deep activation (evaluate (first_of known)) (evaluate (second_of known)) (data_of rows)
    (real_number (inner first)) (map real_stage (map snd layers)) (Q2R c) (IZR sign) (IZR orient) (IZR k) (Q2R mu) inputs widths net);
    try assumption; try (now apply sign_correct).
  - now apply orthogonal_mean.
  - intros w. now apply orthogonal_slope.
  - now apply positive_real.
  - intros w Hw. match goal with H : positive_form _ _ _ = true |- _ => pose proof (positive_form_value _ _ _ w H) as F end.
    rewrite add_value, diagonal_value, moment_value, Q2R_opp in F by (rewrite Hw; auto).
    fold (sum_of_squares w) in F. unfold data_of. rewrite total_map.
    rewrite (total_ext (fun s => Q2R (times (inject_Z orient) (residual c s)) * dot w (reals (entries s)) ^ 2)
               (fun r => IZR orient * (Q2R c - target (real_row r)) * dot w (input (real_row r)) ^ 2)) in F.
    + lra.
    + intros r _. rewrite real_times, real_residual. replace (Q2R (inject_Z orient)) with (IZR orient) by (unfold Q2R; simpl; lra). reflexivity.
  - apply smooth_everywhere.
  - apply Forall_forall. intros st _. apply smooth_everywhere.
  - now apply positive_at_correct.
  - rewrite <- mult_IZR. now apply pattern_correct.
Qed.
End Deep.
