(** T6: data that lie on a degenerate ellipsoid admit no residual of the kind that the construction needs (Theorem 18 of
    docs/mathematics.md). *)

From Coq Require Import Reals List Lra Psatz.
From Minima Require Import Network Sums.
Import ListNotations.
Open Scope R_scope.

(** <D, f>, the sum of D_n f(x_n). *)
Definition pairing (inputs : list (list R)) (D : list R) (f : list R -> R) : R :=
  total (fun p => fst p * f (snd p)) (combine D inputs).

Definition varies (inputs : list (list R)) (w : list R) : Prop :=
  exists x y, In x inputs /\ In y inputs /\ dot w x <> dot w y.

(** A sum of squares of linear functions that vary over the data, with positive coefficients, which at every input equals
    an affine function: x^T S x = l(x) with S = sum of c q q^T. *)
Definition obstruction (inputs : list (list R)) (squares : list (R * list R)) (slope : list R) (constant : R) : Prop :=
  squares <> []
  /\ Forall (fun s => 0 < fst s /\ varies inputs (snd s)) squares
  /\ forall x, In x inputs -> total (fun s => fst s * dot (snd s) x ^ 2) squares = dot slope x + constant.

Lemma some_term {A} (c f : A -> R) l :
  l <> [] -> Forall (fun a => 0 < c a) l -> total (fun a => c a * f a) l <= 0 -> Exists (fun a => f a <= 0) l.
Proof.
  induction l as [|a l IH]; intros Hl Hc Hsum; [contradiction|]. inversion_clear Hc as [|? ? Ha Hc'].
  destruct (Rle_dec (f a) 0) as [H|H]; [now left|]. right. simpl in Hsum.
  assert (0 < c a * f a) by (apply Rmult_lt_0_compat; lra).
  destruct l as [|b l]; [simpl in Hsum; lra|]. apply IH; [discriminate|assumption|lra].
Qed.

(** No D that is orthogonal to the constants and to the inputs makes the form w -> <D, (w.x)^2> positive for every
    w that varies over the data, nor negative: the hypothesis of the local minimum cannot be met. *)
Theorem obstruction_excludes inputs squares slope constant D :
  obstruction inputs squares slope constant ->
  pairing inputs D (fun _ => 1) = 0 ->
  (forall w, pairing inputs D (dot w) = 0) ->
  (exists w, varies inputs w /\ pairing inputs D (fun x => dot w x ^ 2) <= 0)
  /\ (exists w, varies inputs w /\ 0 <= pairing inputs D (fun x => dot w x ^ 2)).
Proof.
  intros (Hne & Hsquares & Hquadric) Hone Hlinear.
  assert (Hzero : total (fun s => fst s * pairing inputs D (fun x => dot (snd s) x ^ 2)) squares = 0).
  { transitivity (pairing inputs D (fun x => total (fun s => fst s * dot (snd s) x ^ 2) squares)).
    - unfold pairing. rewrite (total_ext _ (fun s => total (fun p => fst p * (fst s * dot (snd s) (snd p) ^ 2)) (combine D inputs))).
      + rewrite total_swap. apply total_ext. intros p _. apply total_scale.
      + intros s _. rewrite <- total_scale. apply total_ext. intros; ring.
    - transitivity (pairing inputs D (fun x => dot slope x + constant)).
      + apply total_ext. intros [d x] Hp. apply in_combine_r in Hp. cbn [fst snd]. now rewrite Hquadric.
      + specialize (Hlinear slope). unfold pairing in *.
        rewrite (total_ext _ (fun p => fst p * dot slope (snd p) + constant * (fst p * 1))) by (intros; ring).
        rewrite total_plus, total_scale, Hlinear, Hone. ring. }
  assert (Hpos : Forall (fun s : R * list R => 0 < fst s) squares) by (revert Hsquares; apply Forall_impl; tauto).
  rewrite Forall_forall in Hsquares. split.
  - destruct (proj1 (Exists_exists _ _) (some_term fst (fun s => pairing inputs D (fun x => dot (snd s) x ^ 2)) squares
      Hne Hpos ltac:(lra))) as [s [Hs H]].
    exists (snd s). split; [now apply Hsquares|exact H].
  - destruct (proj1 (Exists_exists _ _) (some_term fst (fun s => - pairing inputs D (fun x => dot (snd s) x ^ 2)) squares
      Hne Hpos ltac:(rewrite (total_ext _ (fun s => -1 * (fst s * pairing inputs D (fun x => dot (snd s) x ^ 2))))
        by (intros; ring); rewrite total_scale; lra))) as [s [Hs H]].
    exists (snd s). split; [now apply Hsquares|lra].
Qed.
