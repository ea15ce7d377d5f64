(** T6 for an instance: the degenerate ellipsoid is checked by computation. *)

From Coq Require Import ZArith Reals QArith Qreals List Lra Psatz Bool.
From Minima Require Import Network Sums Rational Obstruction.
Import ListNotations.
Open Scope R_scope.

(** One square c (q . x)^2, and the numbers of two inputs on which q . x differs. *)
Record rational_square := QSquare { coefficient : Q; direction : list Q; one : nat; another : nat }.

Definition real_square (s : rational_square) : R * list R := (Q2R (coefficient s), reals (direction s)).

Definition square_check (inputs : list (list Q)) (s : rational_square) : bool :=
  positive (coefficient s)
  && Nat.ltb (one s) (length inputs) && Nat.ltb (another s) (length inputs)
  && negb (Qeq_bool (dot_of (direction s) (nth (one s) inputs [])) (dot_of (direction s) (nth (another s) inputs []))).

Definition quadric_check (squares : list rational_square) (slope : list Q) (constant : Q) (x : list Q) : bool :=
  Qeq_bool (total_of (fun s => let y := dot_of (direction s) x in times (coefficient s) (times y y)) squares)
           (plus (dot_of slope x) constant).

Definition obstruction_check (inputs : list (list Q)) (squares : list rational_square) (slope : list Q) (constant : Q) : bool :=
  negb (Nat.eqb (length squares) 0) && forallb (square_check inputs) squares
  && forallb (quadric_check squares slope constant) inputs.

Theorem obstruction_checked inputs squares slope constant D :
  obstruction_check inputs squares slope constant = true ->
  pairing (map reals inputs) D (fun _ => 1) = 0 ->
  (forall w, pairing (map reals inputs) D (dot w) = 0) ->
  (exists w, varies (map reals inputs) w /\ pairing (map reals inputs) D (fun x => dot w x ^ 2) <= 0)
  /\ (exists w, varies (map reals inputs) w /\ 0 <= pairing (map reals inputs) D (fun x => dot w x ^ 2)).
Proof.
  intros H. apply andb_prop in H. destruct H as [H Hquadric]. apply andb_prop in H. destruct H as [Hlength Hsquares].
  rewrite forallb_forall in Hquadric, Hsquares.
  apply (obstruction_excludes (map reals inputs) (map real_square squares) (reals slope) (Q2R constant)).
  split; [|split].
  - destruct squares; [discriminate|discriminate].
  - rewrite Forall_map, Forall_forall. intros s Hs. specialize (Hsquares s Hs). unfold square_check in Hsquares.
    repeat match goal with H : _ && _ = true |- _ => apply andb_prop in H; destruct H end.
    split; [now apply positive_real|].
    exists (reals (nth (one s) inputs [])), (reals (nth (another s) inputs [])).
    repeat match goal with H : Nat.ltb _ _ = true |- _ => apply Nat.ltb_lt in H end.
    split; [now apply in_map, nth_In|]. split; [now apply in_map, nth_In|].
    cbn [snd real_square]. rewrite <- !real_dot. intros E. apply eqR_Qeq in E. apply Qeq_bool_iff in E.
    match goal with H : negb _ = true |- _ => now rewrite E in H end.
  - intros x Hx. apply in_map_iff in Hx. destruct Hx as (q & <- & Hq). specialize (Hquadric q Hq).
    apply equal_real in Hquadric. rewrite real_total, real_plus, real_dot in Hquadric. rewrite <- Hquadric, total_map.
    apply total_ext. intros s _. cbn [fst snd real_square]. rewrite !real_times, real_dot. ring.
Qed.
