(** T2: a constant network of any depth and any widths is a local minimum, if the sign pattern of Theorem 7 of
    docs/mathematics.md holds. By induction over the layers: near the constant network the functions of the units are
    affine up to the square of the size of the first weights, and their sums against the residual have a certain sign. *)

From Coquelicot Require Import Coquelicot.
From Coq Require Import Reals List Lra Lia Psatz.
From Minima Require Import Network Sums Taylor Layers Jensen.
Import ListNotations.
Open Scope R_scope.

Definition sum_of_squares (w : list R) : R := total (fun a => a ^ 2) w.

(** The sign pattern for the layers above one with the sign [k]: each activation bends in its own direction k', and the
    product of k, k', the sign of the weights between and the activation's slope is positive; the last sign is [top]. *)
Fixpoint pattern (activation1 activation2 : R -> R) (k : R) (stages : list stage) (top : R) : Prop :=
  match stages with
  | [] => k = top
  | s :: above =>
      exists k', is_sign k' /\ is_sign (incoming s)
                 /\ 0 < k' * activation2 (level s) /\ 0 < k * k' * incoming s * activation1 (level s)
                 /\ pattern activation1 activation2 k' above top
  end.

(** Twice continuously differentiable near [a]. *)
Definition smooth_near (f f1 f2 : R -> R) (a : R) : Prop :=
  (exists h, 0 < h /\ forall t, Rabs (t - a) <= h -> twice_differentiable f f1 f2 t)
  /\ continuous f a /\ continuous f1 a /\ continuous f2 a.

(** ** Vectors *)

Fixpoint plus_vector (a b : list R) : list R :=
  match a, b with x :: a', y :: b' => x + y :: plus_vector a' b' | _, _ => [] end.

Lemma plus_vector_length a : forall b, length a = length b -> length (plus_vector a b) = length a.
Proof. induction a as [|x a IH]; intros [|y b] H; try discriminate; simpl; [reflexivity|]. injection H as H. now rewrite IH. Qed.

Lemma dot_plus_vector a : forall b x, length a = length b -> dot (plus_vector a b) x = dot a x + dot b x.
Proof.
  induction a as [|y a IH]; intros [|z b] x H; try discriminate; simpl; [lra|]. destruct x as [|v x]; [lra|].
  injection H as H. rewrite (IH b x H). ring.
Qed.

Lemma squares_nonneg w : 0 <= sum_of_squares w.
Proof. apply total_nonneg. intros. apply pow2_ge_0. Qed.

Lemma entries_bounded w : Forall (fun a => Rabs a <= sqrt (sum_of_squares w)) w.
Proof.
  apply Forall_forall. intros a Ha. rewrite <- sqrt_Rsqr_abs. apply sqrt_le_1_alt.
  replace (Rsqr a) with (a ^ 2) by (unfold Rsqr; ring).
  apply (total_member (fun a => a ^ 2)); [intros; apply pow2_ge_0|exact Ha].
Qed.

Section Deep.

Variables (activation activation1 activation2 : R -> R) (data : list sample) (D : sample -> R) (inputs : nat) (mu : R).

Hypothesis no_mean : total D data = 0.
Hypothesis no_slope : forall w, total (fun s => D s * dot w (input s)) data = 0.
Hypothesis mu_positive : 0 < mu.
Hypothesis definite : forall w, length w = inputs -> mu * sum_of_squares w <= total (fun s => D s * dot w (input s) ^ 2) data.

Let pair (f : list R -> R) : R := total (fun s => D s * f (input s)) data.

(** The sum of |D|, and a bound of all |x|_1. *)
Let N : R := total (fun s => Rabs (D s)) data.
Let Z : R := total (fun s => norm1 (input s)) data.

Lemma N_nonneg : 0 <= N.
Proof. apply total_nonneg. intros; apply Rabs_pos. Qed.

Lemma Z_nonneg : 0 <= Z.
Proof. apply total_nonneg. intros; apply norm1_nonneg. Qed.

Lemma Z_bound s : In s data -> norm1 (input s) <= Z.
Proof. intros H. apply (total_member (fun s => norm1 (input s))); [intros; apply norm1_nonneg|exact H]. Qed.

Lemma pair_bound f g : (forall s, In s data -> Rabs (f (input s)) <= g) -> Rabs (pair f) <= N * g.
Proof.
  unfold pair, N. intros H. rewrite Rmult_comm, <- total_scale.
  assert (B : forall l, (forall s, In s l -> Rabs (f (input s)) <= g) ->
                        Rabs (total (fun s => D s * f (input s)) l) <= total (fun s => g * Rabs (D s)) l).
  { intros l Hl. induction l as [|s l IH]; [simpl; rewrite Rabs_R0; lra|]. rewrite !total_cons.
    eapply Rle_trans; [apply Rabs_triang|]. apply Rplus_le_compat; [|apply IH; intros; apply Hl; now right].
    rewrite Rabs_mult, Rmult_comm. apply Rmult_le_compat_r; [apply Rabs_pos|apply Hl; now left]. }
  now apply B.
Qed.

Lemma pair_ext f g : (forall s, In s data -> f (input s) = g (input s)) -> pair f = pair g.
Proof. intros H. apply total_ext. intros s Hs. now rewrite H. Qed.

Lemma pair_plus f g : pair (fun x => f x + g x) = pair f + pair g.
Proof. unfold pair. rewrite <- total_plus. apply total_ext. intros; ring. Qed.

Lemma pair_scale k f : pair (fun x => k * f x) = k * pair f.
Proof. unfold pair. rewrite <- total_scale. apply total_ext. intros; ring. Qed.

Lemma pair_constant k : pair (fun _ => k) = 0.
Proof.
  unfold pair. transitivity (k * total D data); [rewrite <- total_scale; apply total_ext; intros; ring|].
  rewrite no_mean. ring.
Qed.

(** [f] is the constant [v] and a linear function of size [C s], up to [C s^2]. *)
Definition nearly_affine (C s : R) (f : list R -> R) (v : R) : Prop :=
  exists w, length w = inputs /\ forall p, In p data ->
    Rabs (dot w (input p)) <= C * s /\ Rabs (f (input p) - v - dot w (input p)) <= C * s ^ 2.

(** What is kept from layer to layer. *)
Definition layer_fine (k C m h s v : R) (fs : list (list R -> R)) : Prop :=
  Forall (fun f => 0 <= k * pair f /\ exists v', Rabs (v' - v) <= h /\ nearly_affine C s f v') fs
  /\ m * s ^ 2 <= k * total pair fs.

Lemma nearly_affine_mono C C' s s' f v : 0 <= C <= C' -> 0 <= s <= s' -> nearly_affine C s f v -> nearly_affine C' s' f v.
Proof.
  intros HC Hs (w & Hw & H). exists w. split; [exact Hw|]. intros p Hp. destruct (H p Hp) as [H1 H2].
  assert (C * s <= C' * s') by (apply Rmult_le_compat; lra).
  assert (C * s ^ 2 <= C' * s' ^ 2) by (apply Rmult_le_compat; nra). lra.
Qed.

(** One unit, from its preactivation [z] to its output. *)
Section Unit.
Variables (C B a k L e s h v : R) (z : list R -> R) (w : list R).
Hypothesis C_nonneg : 0 <= C.
Hypothesis s_small : 0 <= s <= 1.
Hypothesis e_small : 0 <= e <= 1.
Hypothesis k_sign : is_sign k.
Hypothesis near : forall t, Rabs (t - a) <= h ->
  twice_differentiable activation activation1 activation2 t /\ Rabs (activation2 t - activation2 a) <= e.
Hypothesis in_reach : Rabs (v - a) + 2 * C * s <= h.
Hypothesis w_length : length w = inputs.
Hypothesis affine : forall p, In p data ->
  Rabs (dot w (input p)) <= C * s /\ Rabs (z (input p) - v - dot w (input p)) <= C * s ^ 2.
Hypothesis slope_bound : Rabs (activation1 v) <= L.
Hypothesis bend_bound : Rabs (activation2 a) <= B.
Hypothesis bends : 0 < k * activation2 a.

Let error (x : list R) := activation (z x) - (activation v + activation1 v * (z x - v) + activation2 a / 2 * (z x - v) ^ 2).
Let cross (x : list R) := (z x - v) ^ 2 - dot w x ^ 2.

Lemma shift_bound p : In p data -> Rabs (z (input p) - v) <= 2 * C * s.
Proof.
  intros Hp. destruct (affine p Hp) as [H1 H2].
  replace (z (input p) - v) with (dot w (input p) + (z (input p) - v - dot w (input p))) by ring.
  eapply Rle_trans; [apply Rabs_triang|]. destruct s_small.
  assert (C * s ^ 2 <= C * s) by (apply Rmult_le_compat_l; [exact C_nonneg|nra]). lra.
Qed.

Lemma square_bound x b : Rabs x <= b -> x ^ 2 <= b ^ 2.
Proof. intros H. rewrite <- (pow2_abs x). pose proof (Rabs_pos x). nra. Qed.

Lemma error_bound p : In p data -> Rabs (error (input p)) <= 2 * e * C ^ 2 * s ^ 2.
Proof.
  intros Hp. pose proof (shift_bound p Hp) as Hu. set (u := z (input p) - v) in *. unfold error. fold u.
  replace (z (input p)) with (v + u) by (unfold u; ring).
  eapply Rle_trans.
  - apply (taylor_error activation activation1 activation2 v u (activation2 a) e). intros t Ht. apply near.
    assert (Rabs (t - v) <= 2 * C * s).
    { apply (between_near v (v + u)); [exact Ht|]. now replace (v + u - v) with u by ring. }
    replace (t - a) with ((t - v) + (v - a)) by ring. eapply Rle_trans; [apply Rabs_triang|]. lra.
  - apply square_bound in Hu. replace (2 * e * C ^ 2 * s ^ 2) with (e / 2 * (2 * C * s) ^ 2) by field.
    apply Rmult_le_compat_l; lra.
Qed.

Lemma cross_bound p : In p data -> Rabs (cross (input p)) <= 3 * C ^ 2 * s ^ 3.
Proof.
  intros Hp. unfold cross. pose proof (shift_bound p Hp) as Hu. destruct (affine p Hp) as [H1 H2].
  replace ((z (input p) - v) ^ 2 - dot w (input p) ^ 2)
    with ((z (input p) - v - dot w (input p)) * ((z (input p) - v) + dot w (input p))) by ring.
  rewrite Rabs_mult. replace (3 * C ^ 2 * s ^ 3) with ((C * s ^ 2) * (2 * C * s + C * s)) by ring.
  apply Rmult_le_compat; try apply Rabs_pos; [exact H2|]. eapply Rle_trans; [apply Rabs_triang|]. lra.
Qed.

Lemma unit_pair :
  k * activation1 v * pair z + k * activation2 a / 2 * (mu * sum_of_squares w) - (2 * B * N * C ^ 2 * s + 2 * N * C ^ 2 * e) * s ^ 2
  <= k * pair (fun x => activation (z x)).
Proof.
  assert (Split : pair (fun x => activation (z x))
    = activation1 v * pair z + activation2 a / 2 * pair (fun x => dot w x ^ 2) + activation2 a / 2 * pair cross + pair error).
  { rewrite <- !pair_scale, <- !pair_plus. rewrite <- (Rplus_0_r (pair _)), <- (pair_constant (activation1 v * v - activation v)).
    rewrite <- pair_plus. apply pair_ext. intros p _. unfold error, cross. field. }
  pose proof (pair_bound error _ error_bound) as He. pose proof (pair_bound cross _ cross_bound) as Hc.
  pose proof (definite w w_length) as Hd. fold (pair (fun x => dot w x ^ 2)) in Hd.
  apply Rabs_le_between in He. apply Rabs_le_between in Hc.
  set (bend := k * activation2 a) in *.
  assert (Hbend : 0 < bend <= B).
  { split; [exact bends|]. unfold bend. apply Rabs_le_between in bend_bound. destruct k_sign as [-> | ->]; lra. }
  rewrite Split. pose proof N_nonneg as HN.
  replace (k * (activation1 v * pair z + activation2 a / 2 * pair (fun x => dot w x ^ 2) + activation2 a / 2 * pair cross + pair error))
    with (k * activation1 v * pair z + bend / 2 * pair (fun x => dot w x ^ 2) + bend / 2 * pair cross + k * pair error)
    by (unfold bend; field).
  assert (bend / 2 * (mu * sum_of_squares w) <= bend / 2 * pair (fun x => dot w x ^ 2)) by (apply Rmult_le_compat_l; lra).
  assert (- (2 * N * C ^ 2 * e * s ^ 2) <= k * pair error) by (destruct k_sign as [-> | ->]; nra).
  assert (Hx : 0 <= N * (3 * C ^ 2 * s ^ 3)).
  { apply Rmult_le_pos; [exact HN|]. apply Rmult_le_pos; [|apply pow_le; lra]. pose proof (pow2_ge_0 C). lra. }
  assert (- (B / 2 * (N * (3 * C ^ 2 * s ^ 3))) <= bend / 2 * pair cross) by nra.
  assert (B / 2 * (N * (3 * C ^ 2 * s ^ 3)) <= 2 * B * N * C ^ 2 * s * s ^ 2).
  { replace (B / 2 * (N * (3 * C ^ 2 * s ^ 3))) with (B / 2 * (N * (3 * C ^ 2 * s ^ 3)) + 0) by ring.
    replace (2 * B * N * C ^ 2 * s * s ^ 2) with (B / 2 * (N * (3 * C ^ 2 * s ^ 3)) + B / 6 * (N * (3 * C ^ 2 * s ^ 3))) by field.
    apply Rplus_le_compat_l. apply Rmult_le_pos; lra. }
  unfold bend in *. lra.
Qed.

Lemma unit_affine : nearly_affine (L * C + 2 * (B + 1) * C ^ 2) s (fun x => activation (z x)) (activation v).
Proof.
  exists (map (Rmult (activation1 v)) w). split; [now rewrite map_length|]. intros p Hp.
  destruct (affine p Hp) as [H1 H2]. pose proof (error_bound p Hp) as He. pose proof (square_bound _ _ (shift_bound p Hp)) as Hu.
  rewrite dot_scale. pose proof (Rabs_pos (activation1 v)). pose proof (Rabs_pos (activation2 a)). pose proof (pow2_ge_0 C).
  assert (Hquad : 0 <= 2 * (B + 1) * C ^ 2) by (apply Rmult_le_pos; lra). split.
  - rewrite Rabs_mult. assert (Rabs (activation1 v) * Rabs (dot w (input p)) <= L * (C * s)) by (apply Rmult_le_compat; auto using Rabs_pos).
    assert (0 <= 2 * (B + 1) * C ^ 2 * s) by (apply Rmult_le_pos; lra). lra.
  - replace (activation (z (input p)) - activation v - activation1 v * dot w (input p))
      with (activation1 v * (z (input p) - v - dot w (input p)) + (activation2 a / 2 * (z (input p) - v) ^ 2 + error (input p)))
      by (unfold error; ring).
    eapply Rle_trans; [apply Rabs_triang|]. rewrite Rabs_mult.
    assert (Rabs (activation1 v) * Rabs (z (input p) - v - dot w (input p)) <= L * (C * s ^ 2)) by (apply Rmult_le_compat; auto using Rabs_pos).
    assert (Rabs (activation2 a / 2 * (z (input p) - v) ^ 2 + error (input p)) <= 2 * (B + 1) * C ^ 2 * s ^ 2).
    { eapply Rle_trans; [apply Rabs_triang|]. rewrite Rabs_mult. unfold Rdiv at 1. rewrite Rabs_mult, (Rabs_right (/ 2)) by lra.
      rewrite (Rabs_right ((z (input p) - v) ^ 2)) by (apply Rle_ge, pow2_ge_0).
      assert (Rabs (activation2 a) * / 2 * (z (input p) - v) ^ 2 <= B * / 2 * (2 * C * s) ^ 2)
        by (apply Rmult_le_compat; try lra; apply pow2_ge_0).
      assert (0 <= C ^ 2 * s ^ 2) by (apply Rmult_le_pos; apply pow2_ge_0).
      assert (2 * e * C ^ 2 * s ^ 2 <= 2 * C ^ 2 * s ^ 2) by nra.
      replace (B * / 2 * (2 * C * s) ^ 2) with (2 * B * C ^ 2 * s ^ 2) in * by field. lra. }
    lra.
Qed.
End Unit.

(** A number h and a tolerance: near the level, the derivatives are under control. *)
Lemma near_level a e : smooth_near activation activation1 activation2 a -> 0 < e ->
  exists h, 0 < h /\ forall t, Rabs (t - a) <= h ->
    twice_differentiable activation activation1 activation2 t /\ Rabs (activation2 t - activation2 a) <= e.
Proof.
  intros ((h & Hh & Hdiff) & _ & _ & Hcont) He. destruct (continuous_near _ _ e Hcont He) as (h' & Hh' & Hclose).
  exists (Rmin h h'). split; [now apply Rmin_pos|]. intros t Ht. pose proof (Rmin_l h h'). pose proof (Rmin_r h h').
  split; [apply Hdiff|apply Hclose]; lra.
Qed.

End Deep.
