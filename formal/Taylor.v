(** Taylor's theorem to second order, as inequalities. *)

From Coq Require Import Reals Lra Psatz.
From Coquelicot Require Import Coquelicot.
Open Scope R_scope.

(** [f] has the first derivative [f1] and the second derivative [f2] at [t]. *)
Definition twice_differentiable (f f1 f2 : R -> R) (t : R) : Prop := is_derive f t (f1 t) /\ is_derive f1 t (f2 t).

Definition between (a b t : R) : Prop := Rmin a b <= t <= Rmax a b.

Lemma between_near a b t d : between a b t -> Rabs (b - a) <= d -> Rabs (t - a) <= d.
Proof.
  unfold between. intros H Hd. revert H Hd. unfold Rmin, Rmax, Rabs.
  repeat destruct Rle_dec; repeat destruct Rcase_abs; lra.
Qed.

(** The mean value theorem, with the point in the closed interval. *)
Lemma mean_value (f f1 : R -> R) a b :
  (forall t, between a b t -> is_derive f t (f1 t)) -> exists t, between a b t /\ f b - f a = f1 t * (b - a).
Proof.
  intros H. destruct (MVT_gen f a b f1) as [t [Ht E]].
  - intros t Ht. apply H. unfold between. lra.
  - intros t Ht. apply continuity_pt_filterlim. apply @ex_derive_continuous. exists (f1 t). now apply H.
  - now exists t.
Qed.

(** f (a + u) is at least its Taylor polynomial with a lower bound of the second derivative in it. *)
Lemma taylor_below (f f1 f2 : R -> R) a u m :
  (forall t, between a (a + u) t -> twice_differentiable f f1 f2 t /\ m <= f2 t) ->
  f a + f1 a * u + m / 2 * u ^ 2 <= f (a + u).
Proof.
  intros H.
  set (g := fun t => f t - (f1 a * (t - a) + m / 2 * (t - a) ^ 2)).
  assert (D : forall t, between a (a + u) t -> is_derive g t (f1 t - (f1 a + m * (t - a)))).
  { intros t Ht. apply (is_derive_minus f); [now apply H|]. auto_derive; [trivial|]. field. }
  destruct (mean_value g _ a (a + u) D) as [t [Ht E]].
  assert (In_t : forall t', between a t t' -> between a (a + u) t').
  { unfold between in *. intros t' Ht'. revert Ht Ht'. unfold Rmin, Rmax.
    repeat destruct Rle_dec; lra. }
  destruct (mean_value f1 f2 a t) as [t' [Ht' E']].
  { intros t' Ht'. now apply H, In_t. }
  assert (M : m <= f2 t') by now apply H, In_t.
  assert (0 <= (t - a) * u).
  { revert Ht. unfold between, Rmin, Rmax. destruct Rle_dec; nra. }
  unfold g in E. replace (a + u - a) with u in E by lra. replace (a - a) with 0 in E by lra.
  assert (0 <= (f1 t - (f1 a + m * (t - a))) * u).
  { replace (f1 t) with (f1 a + f2 t' * (t - a)) by lra. nra. }
  nra.
Qed.

Lemma taylor_above (f f1 f2 : R -> R) a u m :
  (forall t, between a (a + u) t -> twice_differentiable f f1 f2 t /\ f2 t <= m) ->
  f (a + u) <= f a + f1 a * u + m / 2 * u ^ 2.
Proof.
  intros H.
  pose proof (taylor_below (fun t => - f t) (fun t => - f1 t) (fun t => - f2 t) a u (- m)) as T.
  enough (- f a + - f1 a * u + - m / 2 * u ^ 2 <= - f (a + u)) by lra.
  apply T. intros t Ht. destruct (H t Ht) as [[H1 H2] Hm].
  split; [split; apply (is_derive_opp (V := R_NormedModule)); assumption|lra].
Qed.

(** The same for a multiple of [f], whatever its sign. *)
Lemma taylor_scaled k (f f1 f2 : R -> R) a u m :
  (forall t, between a (a + u) t -> twice_differentiable f f1 f2 t /\ m <= k * f2 t) ->
  k * f a + k * f1 a * u + m / 2 * u ^ 2 <= k * f (a + u).
Proof.
  intros H. apply (taylor_below (fun t => k * f t) (fun t => k * f1 t) (fun t => k * f2 t)).
  intros t Ht. destruct (H t Ht) as [[H1 H2] Hm].
  split; [split; apply is_derive_scal; assumption|exact Hm].
Qed.

(** Near a point where the second derivative is continuous, the error of Taylor's polynomial is small. *)
Lemma taylor_error (f f1 f2 : R -> R) a u m e :
  (forall t, between a (a + u) t -> twice_differentiable f f1 f2 t /\ Rabs (f2 t - m) <= e) ->
  Rabs (f (a + u) - (f a + f1 a * u + m / 2 * u ^ 2)) <= e / 2 * u ^ 2.
Proof.
  intros H.
  assert (f a + f1 a * u + (m - e) / 2 * u ^ 2 <= f (a + u)).
  { apply (taylor_below f f1 f2). intros t Ht. destruct (H t Ht) as [? B]. apply Rabs_le_between in B. split; [assumption|lra]. }
  assert (f (a + u) <= f a + f1 a * u + (m + e) / 2 * u ^ 2).
  { apply (taylor_above f f1 f2). intros t Ht. destruct (H t Ht) as [? B]. apply Rabs_le_between in B. split; [assumption|lra]. }
  apply Rabs_le_between. lra.
Qed.
