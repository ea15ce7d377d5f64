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

(** ** One layer *)

Lemma combination C s v h b : 0 <= C -> 0 <= s -> 0 <= b -> forall fs ws, length ws = length fs ->
  Forall (fun a => Rabs a <= b) ws ->
  Forall (fun f => exists v', Rabs (v' - v) <= h /\ nearly_affine C s f v') fs ->
  exists vs, Forall2 (close h) (repeat v (length fs)) vs
    /\ nearly_affine (INR (length fs) * b * C) s (fun x => dot ws (map (fun f => f x) fs)) (dot ws vs).
Proof.
  intros HC Hs Hb. induction fs as [|f fs IH]; intros [|a ws] Hlength Hws Hfs; try discriminate.
  - exists []. split; [constructor|]. exists (repeat 0 inputs). split; [apply repeat_length|]. intros p _.
    assert (E : dot (repeat 0 inputs) (input p) = 0) by (apply dot_zeros, Forall_forall; intros c Hc; now apply repeat_spec in Hc).
    rewrite E. simpl. replace (0 - 0 - 0) with 0 by ring. rewrite Rabs_R0. lra.
  - injection Hlength as Hlength. inversion_clear Hws as [|? ? Ha Hws']. inversion_clear Hfs as [|? ? (v' & Hv' & w & Hw & H) Hfs'].
    destruct (IH ws Hlength Hws' Hfs') as (vs & Hvs & w2 & Hw2 & H2).
    exists (v' :: vs). split; [constructor; assumption|].
    exists (plus_vector (map (Rmult a) w) w2).
    assert (E : length (map (Rmult a) w) = length w2) by (rewrite map_length; congruence).
    split; [rewrite plus_vector_length by exact E; now rewrite map_length|]. intros p Hp.
    rewrite (dot_plus_vector _ _ _ E), dot_scale. destruct (H p Hp) as [A1 A2]. destruct (H2 p Hp) as [B1 B2].
    cbn [length map dot]. rewrite S_INR. split.
    + eapply Rle_trans; [apply Rabs_triang|]. rewrite Rabs_mult.
      assert (Rabs a * Rabs (dot w (input p)) <= b * (C * s)) by (apply Rmult_le_compat; auto using Rabs_pos). lra.
    + replace (a * f (input p) + dot ws (map (fun f0 => f0 (input p)) fs) - (a * v' + dot ws vs) - (a * dot w (input p) + dot w2 (input p)))
        with (a * (f (input p) - v' - dot w (input p)) + (dot ws (map (fun f0 => f0 (input p)) fs) - dot ws vs - dot w2 (input p))) by ring.
      eapply Rle_trans; [apply Rabs_triang|]. rewrite Rabs_mult.
      assert (Rabs a * Rabs (f (input p) - v' - dot w (input p)) <= b * (C * s ^ 2)) by (apply Rmult_le_compat; auto using Rabs_pos). lra.
Qed.

Lemma pair_dot ws fs : pair (fun x => dot ws (map (fun f => f x) fs)) = dot ws (map pair fs).
Proof. unfold pair. now rewrite (total_dot_units D (fun f s => f (input s))). Qed.

Lemma weighted_sum k sh w0 : 0 <= w0 -> forall ws fs, length ws = length fs ->
  Forall (fun a => w0 <= sh * a) ws -> Forall (fun f => 0 <= k * pair f) fs ->
  w0 * (k * total pair fs) <= sh * k * dot ws (map pair fs).
Proof.
  intros Hw0. induction ws as [|a ws IH]; intros [|f fs] Hlength Hws Hfs; try discriminate; [simpl; lra|].
  injection Hlength as Hlength. inversion_clear Hws as [|? ? Ha Hws']. inversion_clear Hfs as [|? ? Hf Hfs'].
  specialize (IH fs Hlength Hws' Hfs'). cbn [map dot]. rewrite total_cons.
  assert (w0 * (k * pair f) <= (sh * a) * (k * pair f)) by (apply Rmult_le_compat_r; assumption). lra.
Qed.

Lemma bounded_units (l : layer) : exists b, 0 <= b /\ Forall (fun u => Forall (fun w => Rabs w <= b) (weights u)) l.
Proof.
  exists (total (fun u => norm1 (weights u)) l). split; [apply total_nonneg; intros; apply norm1_nonneg|].
  apply Forall_forall. intros u Hu. apply Forall_forall. intros w Hw. apply Rle_trans with (norm1 (weights u)).
  - apply (total_member Rabs); [intros; apply Rabs_pos|exact Hw].
  - apply (total_member (fun u => norm1 (weights u))); [intros; apply norm1_nonneg|exact Hu].
Qed.

Lemma margin_units sh (l : layer) : Forall (fun u => Forall (fun w => 0 < sh * w) (weights u)) l ->
  exists m, 0 < m /\ Forall (fun u => Forall (fun w => m <= sh * w) (weights u)) l.
Proof.
  induction 1 as [|u l Hu Hl [m [Hm IH]]]; [exists 1; split; [lra|constructor]|].
  destruct (positive_margin (fun w => sh * w) (weights u) Hu) as [m' [Hm' Hu']].
  exists (Rmin m m'). split; [now apply Rmin_pos|]. constructor.
  - revert Hu'. apply Forall_impl. intros w Hw. eapply Rle_trans; [apply Rmin_r|exact Hw].
  - revert IH. apply Forall_impl. intros v. apply Forall_impl. intros w Hw. eapply Rle_trans; [apply Rmin_l|exact Hw].
Qed.

Lemma close_bounds e sh ws ws' b m :
  is_sign sh -> Forall2 (close e) ws ws' -> Forall (fun w => Rabs w <= b) ws -> Forall (fun w => m <= sh * w) ws ->
  Forall (fun w => Rabs w <= b + e) ws' /\ Forall (fun w => m - e <= sh * w) ws'.
Proof.
  intros Hs H. induction H as [|w w' ws ws' Hw Hws IH]; intros Hb Hm; [split; constructor|].
  inversion_clear Hb as [|? ? Hb1 Hb2]. inversion_clear Hm as [|? ? Hm1 Hm2]. destruct (IH Hb2 Hm2) as [I1 I2].
  unfold close in Hw. apply Rabs_le_between in Hw. apply Rabs_le_between in Hb1.
  split; constructor; try assumption; [apply Rabs_le_between; lra|destruct Hs as [-> | ->]; lra].
Qed.

Lemma step st l width below k k' C m :
  is_sign k -> is_sign k' -> is_sign (incoming st) -> 0 <= C -> 0 < m -> l <> [] ->
  smooth_near activation activation1 activation2 (level st) ->
  0 < k' * activation2 (level st) -> 0 < k * k' * incoming st * activation1 (level st) ->
  Forall (fun u => length (weights u) = width /\ Forall (fun w => 0 < incoming st * w) (weights u)
                   /\ sum (weights u) * activation below + bias u = level st) l ->
  exists C' m', 0 <= C' /\ 0 < m' /\ forall h', 0 < h' ->
    small (fun e => forall l' fs s, Forall2 (close_units e) l l' -> length fs = width -> 0 <= s <= e ->
      layer_fine k C m e s (activation below) fs ->
      layer_fine k' C' m' h' s (activation (level st))
        (map (fun u x => activation (preactivation u (map (fun f => f x) fs))) l')).
Proof.
  intros Hk Hk' Hsh HC Hm Hne Hsmooth Hbend Hslope Hl.
  set (a := level st) in *. set (sh := incoming st) in *.
  destruct (bounded_units l) as (b & Hb & Hbl).
  destruct (margin_units sh l) as (w0 & Hw0 & Hw0l); [revert Hl; apply Forall_impl; tauto|].
  set (Cz := INR width * (b + 1) * C). set (L := Rabs (activation1 a) + 1). set (B := Rabs (activation2 a)).
  assert (HCz : 0 <= Cz) by (unfold Cz; apply Rmult_le_pos; [apply Rmult_le_pos; [apply pos_INR|lra]|exact HC]).
  assert (Hslope' : k * k' * sh * activation1 a = Rabs (activation1 a) /\ 0 < Rabs (activation1 a)).
  { assert (activation1 a <> 0) by (intros E; rewrite E in Hslope; lra). split; [|now apply Rabs_pos_lt].
    destruct Hk as [-> | ->], Hk' as [-> | ->], Hsh as [Hs | Hs]; rewrite Hs in *; unfold Rabs; destruct Rcase_abs; lra. }
  destruct Hslope' as [Hs1 Hs2].
  set (q0 := Rabs (activation1 a) / 2 * (w0 / 2 * m)).
  assert (Hq0 : 0 < q0) by (unfold q0; apply Rmult_lt_0_compat; [lra|apply Rmult_lt_0_compat; lra]).
  pose proof N_nonneg as HN. assert (HNC : 0 <= N * Cz ^ 2) by (apply Rmult_le_pos; [exact HN|apply pow2_ge_0]).
  exists (L * Cz + 2 * (B + 1) * Cz ^ 2), (q0 / 2). split; [|split; [lra|]].
  { assert (0 <= L * Cz) by (apply Rmult_le_pos; [unfold L; pose proof (Rabs_pos (activation1 a)); lra|exact HCz]).
    assert (0 <= 2 * (B + 1) * Cz ^ 2) by (apply Rmult_le_pos; [unfold B; pose proof (Rabs_pos (activation2 a)); lra|apply pow2_ge_0]). lra. }
  intros h' Hh'.
  set (et := Rmin 1 (q0 / (8 * (N * Cz ^ 2) + 1))).
  assert (Het : 0 < et) by (unfold et; apply Rmin_pos; [lra|apply Rdiv_lt_0_compat; lra]).
  assert (Het2 : 2 * N * Cz ^ 2 * et <= q0 / 4).
  { assert (et <= q0 / (8 * (N * Cz ^ 2) + 1)) by apply Rmin_r.
    apply Rle_trans with (2 * (N * Cz ^ 2) * (q0 / (8 * (N * Cz ^ 2) + 1))); [rewrite Rmult_assoc, (Rmult_assoc 2), <- (Rmult_assoc N);
      rewrite <- (Rmult_assoc 2); apply Rmult_le_compat_l; lra|].
    apply Rmult_le_reg_r with (8 * (N * Cz ^ 2) + 1); [lra|]. replace (2 * (N * Cz ^ 2) * (q0 / (8 * (N * Cz ^ 2) + 1)) * (8 * (N * Cz ^ 2) + 1))
      with (2 * (N * Cz ^ 2) * q0) by (field; lra). nra. }
  destruct (near_level a et Hsmooth Het) as (h0 & Hh0 & Hnear).
  destruct Hsmooth as (_ & Hc0 & Hc1 & _).
  destruct (continuous_near _ _ h' Hc0 Hh') as (h1 & Hh1 & Hclose0).
  destruct (continuous_near _ _ (Rmin 1 (Rabs (activation1 a) / 2)) Hc1 ltac:(apply Rmin_pos; lra)) as (h2 & Hh2 & Hclose1).
  set (hv := Rmin (h0 / 2) (Rmin h1 h2)).
  assert (Hhv : 0 < hv) by (unfold hv; repeat apply Rmin_pos; lra).
  assert (P1 : small (fun e => Forall (fun u => forall u' y', close_units e u u' -> Forall2 (close e) (repeat (activation below) width) y' ->
              Rabs (preactivation u' y' - preactivation u (repeat (activation below) width)) <= hv) l)).
  { apply (small_forall (fun u e => forall u' y', close_units e u u' -> Forall2 (close e) (repeat (activation below) width) y' ->
              Rabs (preactivation u' y' - preactivation u (repeat (activation below) width)) <= hv)).
    apply Forall_forall. intros u _. now apply preactivation_continuous. }
  assert (HB : 0 <= B) by apply Rabs_pos.
  assert (P2 : small (fun e => (2 * B * (N * Cz ^ 2)) * e <= q0 / 4)) by (apply small_scaled; [apply Rmult_le_pos; lra|lra]).
  assert (P3 : small (fun e => 2 * Cz * e <= h0 / 2)) by (apply small_scaled; lra).
  eapply small_mono; [|apply small_and; [exact P1|apply small_and; [exact P2|apply small_and; [exact P3|
    apply small_and; [apply (small_below 1); lra|apply (small_below (w0 / 2)); lra]]]]].
  intros e He (Q1 & Q2 & Q3 & Q4 & Q5) l' fs s Hl' Hfs Hs [Hfine Hsum].
  assert (Units : Forall (fun u => q0 / 2 * s ^ 2 <= k' * pair (fun x => activation (preactivation u (map (fun f => f x) fs)))
      /\ exists v', Rabs (v' - activation a) <= h'
                    /\ nearly_affine (L * Cz + 2 * (B + 1) * Cz ^ 2) s (fun x => activation (preactivation u (map (fun f => f x) fs))) v') l').
  { assert (Hfs1 : Forall (fun f => 0 <= k * pair f) fs) by (revert Hfine; apply Forall_impl; tauto).
    assert (Hfs2 : Forall (fun f => exists v', Rabs (v' - activation below) <= e /\ nearly_affine C s f v') fs)
      by (revert Hfine; apply Forall_impl; tauto).
    clear Hfine P1 P2 P3 Hne. revert Hl Hbl Hw0l Q1.
    induction Hl' as [|u u' l l' Hu Hl' IH]; intros Hl Hbl Hw0l Q1; constructor;
      inversion_clear Hl as [|? ? (Hlength & _ & Hlevel) Hl2]; inversion_clear Hbl as [|? ? Hbu Hbl2];
      inversion_clear Hw0l as [|? ? Hwu Hw0l2]; inversion_clear Q1 as [|? ? Hpre Q12]; [|now apply IH].
    destruct Hu as [Huw Hub].
    destruct (close_bounds e sh (weights u) (weights u') b w0 Hsh Huw Hbu Hwu) as [Hbu' Hwu'].
    assert (Hlength' : length (weights u') = length fs).
    { rewrite Hfs, <- Hlength. clear - Huw. induction Huw; simpl; congruence. }
    destruct (combination C s (activation below) e (b + 1) HC (proj1 Hs) ltac:(lra) fs (weights u') Hlength') as (vs & Hvs & w & Hw & Haffine).
    { revert Hbu'. apply Forall_impl. intros y0 Hy0. lra. }
    { exact Hfs2. }
    set (z := fun x => preactivation u' (map (fun f => f x) fs)). set (v := dot (weights u') vs + bias u').
    assert (Hv : Rabs (v - a) <= hv).
    { specialize (Hpre u' vs (conj Huw Hub)). rewrite Hfs in Hvs. specialize (Hpre Hvs).
      replace (preactivation u (repeat (activation below) width)) with a in Hpre; [exact Hpre|].
      unfold preactivation. rewrite dot_repeat by (rewrite Hlength; auto). now rewrite Hlevel. }
    assert (Hv0 : Rabs (v - a) <= h0 / 2) by (eapply Rle_trans; [exact Hv|apply Rmin_l]).
    assert (Hv1 : Rabs (v - a) <= h1) by (eapply Rle_trans; [exact Hv|]; eapply Rle_trans; [apply Rmin_r|apply Rmin_l]).
    assert (Hv2 : Rabs (v - a) <= h2) by (eapply Rle_trans; [exact Hv|]; eapply Rle_trans; [apply Rmin_r|apply Rmin_r]).
    specialize (Hclose1 v Hv2). pose proof (Rmin_l 1 (Rabs (activation1 a) / 2)). pose proof (Rmin_r 1 (Rabs (activation1 a) / 2)).
    assert (HL : Rabs (activation1 v) <= L).
    { replace (activation1 v) with ((activation1 v - activation1 a) + activation1 a) by ring.
      eapply Rle_trans; [apply Rabs_triang|]. unfold L. lra. }
    assert (Haff : forall p, In p data -> Rabs (dot w (input p)) <= Cz * s /\ Rabs (z (input p) - v - dot w (input p)) <= Cz * s ^ 2).
    { intros p Hp. destruct (Haffine p Hp) as [A1 A2]. rewrite Hfs in A1, A2. unfold Cz. split; [exact A1|].
      unfold z, v, preactivation. match goal with |- Rabs ?t <= _ => match type of A2 with Rabs ?r <= _ => replace t with r by ring end end.
      exact A2. }
    assert (Hs01 : 0 <= s <= 1) by lra. assert (Het01 : 0 <= et <= 1) by (split; [lra|apply Rmin_l]).
    assert (Hreach : Rabs (v - a) + 2 * Cz * s <= h0).
    { assert (2 * Cz * s <= 2 * Cz * e) by (apply Rmult_le_compat_l; lra). lra. }
    split.
    - pose proof (unit_pair Cz B a k' et s h0 v z w HCz Hs01 Het01 Hk' Hnear Hreach Hw Haff (Rle_refl _) Hbend) as U.
      assert (Hz : pair z = dot (weights u') (map pair fs)).
      { unfold z, preactivation. rewrite pair_plus, pair_constant, pair_dot. ring. }
      pose proof (weighted_sum k sh (w0 / 2) ltac:(lra) (weights u') fs Hlength'
        ltac:(revert Hwu'; apply Forall_impl; intros y0 Hy0; lra) Hfs1) as HW. rewrite <- Hz in HW.
      assert (Hq : q0 * s ^ 2 <= k' * activation1 v * pair z).
      { assert (Hfactor : Rabs (activation1 a) / 2 <= k * k' * sh * activation1 v).
        { rewrite <- Hs1. apply Rabs_le_between in Hclose1. rewrite <- Hs1 in *.
          destruct Hk as [Ek | Ek], Hk' as [Ek' | Ek'], Hsh as [Es | Es]; rewrite Ek, Ek', Es in *; lra. }
        assert (Hs0 : w0 / 2 * m * s ^ 2 <= sh * k * pair z).
        { apply Rle_trans with (w0 / 2 * (k * total pair fs)); [rewrite Rmult_assoc; apply Rmult_le_compat_l; lra|exact HW]. }
        replace (k' * activation1 v * pair z) with ((k * k' * sh * activation1 v) * (sh * k * pair z))
          by (destruct Hk as [-> | ->], Hsh as [-> | ->]; ring).
        unfold q0. rewrite Rmult_assoc. pose proof (pow2_ge_0 s).
        apply Rmult_le_compat; [lra| |exact Hfactor|exact Hs0]. apply Rmult_le_pos; [apply Rmult_le_pos; lra|assumption]. }
      pose proof (squares_nonneg w) as Hsq. pose proof (pow2_ge_0 s) as Hs2'.
      assert (0 <= k' * activation2 a / 2 * (mu * sum_of_squares w)) by (apply Rmult_le_pos; [lra|apply Rmult_le_pos; lra]).
      assert (H2 : 2 * B * N * Cz ^ 2 * s <= q0 / 4).
      { apply Rle_trans with (2 * B * (N * Cz ^ 2) * e); [|exact Q2].
        replace (2 * B * N * Cz ^ 2 * s) with (2 * B * (N * Cz ^ 2) * s) by ring. apply Rmult_le_compat_l; [apply Rmult_le_pos; lra|lra]. }
      assert ((2 * B * N * Cz ^ 2 * s + 2 * N * Cz ^ 2 * et) * s ^ 2 <= q0 / 2 * s ^ 2) by (apply Rmult_le_compat_r; lra).
      unfold z in U, Hq. lra.
    - exists (activation v). split; [now apply Hclose0|].
      exact (unit_affine Cz B a L et s h0 v z w HCz Hs01 Het01 Hnear Hreach Hw Haff HL (Rle_refl _)). }
  clear - Units Hl' Hne Hq0. rewrite Forall_forall in Units. pose proof (pow2_ge_0 s) as Hs2.
  assert (Hnonneg : forall u, In u l' -> 0 <= k' * pair (fun x => activation (preactivation u (map (fun f => f x) fs)))).
  { intros u Hu. destruct (Units u Hu) as [H _]. eapply Rle_trans; [|exact H]. apply Rmult_le_pos; lra. }
  split.
  - rewrite Forall_map, Forall_forall. intros u Hu. split; [now apply Hnonneg|apply (Units u Hu)].
  - rewrite total_map, <- total_scale. destruct Hl' as [|u0 u l0 l' Hu0 Hl']; [contradiction|].
    destruct (Units u (or_introl eq_refl)) as [H _]. eapply Rle_trans; [exact H|]. rewrite total_cons.
    enough (0 <= total (fun u => k' * pair (fun x => activation (preactivation u (map (fun f => f x) fs)))) l') by lra.
    assert (Hrest : forall v, In v l' -> 0 <= k' * pair (fun x => activation (preactivation v (map (fun f => f x) fs))))
      by (intros v Hv; apply Hnonneg; now right).
    clear - Hrest. induction l' as [|v l' IH]; [simpl; lra|]. rewrite total_cons.
    pose proof (Hrest v (or_introl eq_refl)). assert (0 <= total (fun u => k' * pair (fun x => activation (preactivation u (map (fun f => f x) fs)))) l')
      by (apply IH; intros; apply Hrest; now right). lra.
Qed.

(** The first layer, whose units have small weights. *)
Lemma first_layer a k n :
  is_sign k -> smooth_near activation activation1 activation2 a -> 0 < k * activation2 a ->
  exists C m, 0 <= C /\ 0 < m /\ forall h', 0 < h' ->
    small (fun e => forall l', length l' = n ->
      Forall (fun u => length (weights u) = inputs /\ Forall (fun w => Rabs w <= e) (weights u) /\ Rabs (bias u - a) <= e) l' ->
      exists s, 0 <= s <= h' /\ layer_fine k C m h' s (activation a) (first_functions activation l')).
Proof.
  intros Hk Hsmooth Hbend. set (B := Rabs (activation2 a)). set (L := Rabs (activation1 a) + 1).
  set (q := k * activation2 a * mu). assert (Hq : 0 < q) by (unfold q; apply Rmult_lt_0_compat; assumption).
  pose proof N_nonneg as HN. pose proof Z_nonneg as HZ.
  assert (HNZ : 0 <= N * Z ^ 2) by (apply Rmult_le_pos; [exact HN|apply pow2_ge_0]).
  assert (HB : 0 <= B) by apply Rabs_pos. pose proof (Rabs_pos (activation1 a)) as HL0.
  exists (L * Z + 2 * (B + 1) * Z ^ 2), (q / 4). split; [|split; [lra|]].
  { assert (0 <= L * Z) by (apply Rmult_le_pos; unfold L; lra).
    assert (0 <= 2 * (B + 1) * Z ^ 2) by (apply Rmult_le_pos; [lra|apply pow2_ge_0]). lra. }
  intros h' Hh'.
  set (et := Rmin 1 (q / (16 * (N * Z ^ 2) + 1))).
  assert (Het : 0 < et) by (unfold et; apply Rmin_pos; [lra|apply Rdiv_lt_0_compat; lra]).
  assert (Het2 : 2 * (N * Z ^ 2) * et <= q / 8).
  { apply Rle_trans with (2 * (N * Z ^ 2) * (q / (16 * (N * Z ^ 2) + 1))); [apply Rmult_le_compat_l; [lra|apply Rmin_r]|].
    apply Rmult_le_reg_r with (16 * (N * Z ^ 2) + 1); [lra|]. replace (2 * (N * Z ^ 2) * (q / (16 * (N * Z ^ 2) + 1)) * (16 * (N * Z ^ 2) + 1))
      with (2 * (N * Z ^ 2) * q) by (field; lra). nra. }
  destruct (near_level a et Hsmooth Het) as (h0 & Hh0 & Hnear). destruct Hsmooth as (_ & Hc0 & Hc1 & _).
  destruct (continuous_near _ _ h' Hc0 Hh') as (h1 & Hh1 & Hclose0).
  destruct (continuous_near _ _ 1 Hc1 Rlt_0_1) as (h2 & Hh2 & Hclose1).
  set (M := INR n * INR inputs + 1). assert (HM : 1 <= M) by (unfold M; pose proof (Rmult_le_pos _ _ (pos_INR n) (pos_INR inputs)); lra).
  assert (P2 : small (fun e => (2 * B * (N * Z ^ 2) * M) * e <= q / 8)) by (apply small_scaled; [repeat apply Rmult_le_pos; lra|lra]).
  assert (P3 : small (fun e => 2 * Z * M * e <= h0 / 2)) by (apply small_scaled; [repeat apply Rmult_le_pos; lra|lra]).
  assert (P4 : small (fun e => M * e <= Rmin 1 h')) by (apply small_scaled; [lra|apply Rmin_pos; lra]).
  assert (P5 : small (fun e => e <= Rmin (h0 / 2) (Rmin h1 h2))) by (apply small_below; repeat apply Rmin_pos; lra).
  eapply small_mono; [|apply small_and; [exact P2|apply small_and; [exact P3|apply small_and; [exact P4|exact P5]]]].
  intros e He (Q2 & Q3 & Q4 & Q5) l' Hn Hl'. rewrite Forall_forall in Hl'.
  set (T := total (fun u => sum_of_squares (weights u)) l').
  assert (HT0 : 0 <= T) by (apply total_nonneg; intros; apply squares_nonneg).
  assert (HTM : T <= (M * e) ^ 2).
  { apply Rle_trans with (INR n * INR inputs * e ^ 2).
    - unfold T. rewrite <- Hn. clear - Hl' He. revert Hl'. induction l' as [|u l' IH]; intros Hl'; [simpl; lra|].
      rewrite total_cons. cbn [length]. rewrite S_INR. assert (Hu : sum_of_squares (weights u) <= INR inputs * e ^ 2).
      { destruct (Hl' u (or_introl eq_refl)) as (<- & Hw & _). clear - Hw He. induction Hw as [|w ws Hw Hws IH]; [unfold sum_of_squares; simpl; lra|].
        cbn [length]. rewrite S_INR. unfold sum_of_squares in *. rewrite total_cons. pose proof (square_bound w e Hw). lra. }
      assert (total (fun u => sum_of_squares (weights u)) l' <= INR (length l') * INR inputs * e ^ 2) by (apply IH; intros; apply Hl'; now right).
      lra.
    - unfold M. pose proof (Rmult_le_pos _ _ (pos_INR n) (pos_INR inputs)) as Hp. set (y := INR n * INR inputs) in *.
      replace (((y + 1) * e) ^ 2) with ((y + 1) ^ 2 * e ^ 2) by ring. apply Rmult_le_compat_r; [apply pow2_ge_0|nra]. }
  exists (sqrt T). assert (Hsq : sqrt T ^ 2 = T) by (simpl; rewrite Rmult_1_r; now apply sqrt_sqrt).
  assert (HsM : sqrt T <= M * e).
  { replace (M * e) with (sqrt ((M * e) ^ 2)); [now apply sqrt_le_1_alt|]. simpl. rewrite Rmult_1_r. apply sqrt_square.
    apply Rmult_le_pos; lra. }
  pose proof (sqrt_pos T) as Hs0. pose proof (Rmin_l 1 h'). pose proof (Rmin_r 1 h').
  pose proof (Rmin_l (h0 / 2) (Rmin h1 h2)). pose proof (Rmin_r (h0 / 2) (Rmin h1 h2)). pose proof (Rmin_l h1 h2). pose proof (Rmin_r h1 h2).
  split; [lra|].
  assert (Units : forall u, In u l' ->
    q / 4 * sum_of_squares (weights u) <= k * pair (fun x => activation (preactivation u x))
    /\ exists v', Rabs (v' - activation a) <= h'
                  /\ nearly_affine (L * Z + 2 * (B + 1) * Z ^ 2) (sqrt T) (fun x => activation (preactivation u x)) v').
  { intros u Hu. destruct (Hl' u Hu) as (Hlength & Hw & Hb). set (r := sqrt (sum_of_squares (weights u))).
    pose proof (squares_nonneg (weights u)) as Hr2.
    assert (Hr : r ^ 2 = sum_of_squares (weights u)) by (unfold r; simpl; rewrite Rmult_1_r; now apply sqrt_sqrt).
    assert (HrT : 0 <= r <= sqrt T).
    { split; [apply sqrt_pos|]. apply sqrt_le_1_alt.
      apply (total_member (fun u => sum_of_squares (weights u))); [intros; apply squares_nonneg|exact Hu]. }
    assert (Haff : forall p, In p data -> Rabs (dot (weights u) (input p)) <= Z * r
              /\ Rabs (preactivation u (input p) - bias u - dot (weights u) (input p)) <= Z * r ^ 2).
    { intros p Hp. split.
      - eapply Rle_trans; [apply (dot_bound r); [lra|apply entries_bounded]|]. rewrite (Rmult_comm Z). apply Rmult_le_compat_l; [lra|now apply Z_bound].
      - unfold preactivation. replace (dot (weights u) (input p) + bias u - bias u - dot (weights u) (input p)) with 0 by ring.
        rewrite Rabs_R0. apply Rmult_le_pos; [exact HZ|apply pow2_ge_0]. }
    assert (Hr01 : 0 <= r <= 1) by lra. assert (Het01 : 0 <= et <= 1) by (split; [lra|apply Rmin_l]).
    assert (Hreach : Rabs (bias u - a) + 2 * Z * r <= h0).
    { assert (2 * Z * r <= 2 * Z * (M * e)) by (apply Rmult_le_compat_l; lra). lra. }
    assert (HL : Rabs (activation1 (bias u)) <= L).
    { specialize (Hclose1 (bias u) ltac:(lra)). replace (activation1 (bias u)) with ((activation1 (bias u) - activation1 a) + activation1 a) by ring.
      eapply Rle_trans; [apply Rabs_triang|]. unfold L. lra. }
    split.
    - pose proof (unit_pair Z B a k et r h0 (bias u) (preactivation u) (weights u) HZ Hr01 Het01 Hk Hnear Hreach Hlength Haff (Rle_refl _) Hbend) as U.
      assert (Hz : pair (preactivation u) = 0).
      { unfold preactivation. rewrite pair_plus, pair_constant. unfold pair. rewrite no_slope. ring. }
      rewrite Hz, Hr in U. unfold preactivation in *.
      assert (H6 : 2 * B * N * Z ^ 2 * r <= q / 8).
      { apply Rle_trans with (2 * B * (N * Z ^ 2) * M * e); [|exact Q2].
        replace (2 * B * N * Z ^ 2 * r) with (2 * B * (N * Z ^ 2) * r) by ring. rewrite (Rmult_assoc _ M e).
        apply Rmult_le_compat_l; [repeat apply Rmult_le_pos; lra|lra]. }
      assert ((2 * B * N * Z ^ 2 * r + 2 * N * Z ^ 2 * et) * sum_of_squares (weights u) <= q / 4 * sum_of_squares (weights u))
        by (apply Rmult_le_compat_r; lra).
      replace (k * activation2 a / 2 * (mu * sum_of_squares (weights u))) with (q / 2 * sum_of_squares (weights u)) in U by (unfold q; field).
      lra.
    - exists (activation (bias u)). split; [apply Hclose0; lra|].
      apply (nearly_affine_mono (L * Z + 2 * (B + 1) * Z ^ 2) _ r).
      + split; [|lra]. assert (0 <= L * Z) by (apply Rmult_le_pos; unfold L; lra).
        assert (0 <= 2 * (B + 1) * Z ^ 2) by (apply Rmult_le_pos; [lra|apply pow2_ge_0]). lra.
      + exact HrT.
      + exact (unit_affine Z B a L et r h0 (bias u) (preactivation u) (weights u) HZ Hr01 Het01 Hnear Hreach Hlength Haff HL (Rle_refl _)). }
  split.
  - unfold first_functions. rewrite Forall_map, Forall_forall. intros u Hu. destruct (Units u Hu) as [H6 H7]. split; [|exact H7].
    eapply Rle_trans; [|exact H6]. apply Rmult_le_pos; [lra|apply squares_nonneg].
  - rewrite Hsq. unfold T, first_functions. rewrite total_map, <- !total_scale. apply total_le. intros u Hu. now apply Units.
Qed.

(** ** All layers *)

Lemma upper_layers : forall stages layers width below k C m top,
  is_sign k -> 0 <= C -> 0 < m ->
  pattern activation1 activation2 k stages top ->
  Forall (fun st => smooth_near activation activation1 activation2 (level st)) stages ->
  Forall (fun l => l <> []) layers ->
  steady activation below width stages layers ->
  small (fun e => forall layers' fs s, Forall2 (Forall2 (close_units e)) layers layers' -> length fs = width -> 0 <= s <= e ->
    layer_fine k C m e s (activation below) fs ->
    Forall (fun f => 0 <= top * pair f) (unit_functions activation layers' fs)).
Proof.
  induction stages as [|st stages IH]; intros [|l layers] width below k C m top Hk HC Hm Hpattern Hsmooth Hne Hsteady;
    simpl in Hsteady; try contradiction.
  - exists 1. split; [lra|]. intros e _ layers' fs s Hl _ _ [Hfine _]. inversion Hl. simpl in Hpattern. subst. simpl.
    revert Hfine. apply Forall_impl. tauto.
  - destruct Hpattern as (k' & Hk' & Hsh & Hbend & Hslope & Hpattern). destruct Hsteady as [Hl Habove].
    inversion_clear Hsmooth as [|? ? Hs1 Hs2]. inversion_clear Hne as [|? ? Hne1 Hne2].
    destruct (step st l width below k k' C m Hk Hk' Hsh HC Hm Hne1 Hs1 Hbend Hslope Hl) as (C' & m' & HC' & Hm' & Hstep).
    destruct (IH layers (length l) (level st) k' C' m' top Hk' HC' Hm' Hpattern Hs2 Hne2 Habove) as (e1 & He1 & Hupper).
    eapply small_mono; [|apply small_and; [exact (Hstep e1 He1)|apply (small_below e1 He1)]].
    intros e He [Q1 Q2] layers' fs s Hlayers Hfs Hs Hfine. inversion Hlayers as [|? l' ? ls' Hl' Hls']; subst. cbn [unit_functions].
    apply (Hupper e1 ltac:(lra) ls' _ s); [now apply (close_layers_mono e)| |lra|now apply (Q1 l' fs s)].
    rewrite map_length. clear - Hl'. induction Hl'; simpl; congruence.
Qed.

End Deep.

(** The residual times [orient] (1 or -1) has a form that is positive definite, with a bound: orient (c - target) is
    orthogonal to constants and inputs, and its sum against (w . x)^2 is at least mu |w|^2. *)
Theorem local_minimum_deep activation activation1 activation2 data a stages c sign orient k mu inputs widths net :
  is_sign sign -> is_sign orient -> is_sign k ->
  total (fun s => c - target s) data = 0 ->
  (forall w, total (fun s => (c - target s) * dot w (input s)) data = 0) ->
  0 < mu ->
  (forall w, length w = inputs ->
     mu * sum_of_squares w <= total (fun s => orient * (c - target s) * dot w (input s) ^ 2) data) ->
  smooth_near activation activation1 activation2 a ->
  Forall (fun st => smooth_near activation activation1 activation2 (level st)) stages ->
  0 < k * activation2 a ->
  pattern activation1 activation2 k stages (orient * sign) ->
  Forall (fun w => 1 <= w)%nat widths ->
  of_shape inputs widths net ->
  constant_network activation a stages c sign net ->
  local_minimum activation data net.
Proof.
  intros Hsign Horient Hk Hmean Hslope Hmu Hform Hsmooth Hstages Hbend Hpattern Hwidths [Hshape _] Hnet.
  pose proof Hnet as (l & above & Hl & Hunits & Hsteady & _ & Hpos & _).
  set (D := fun s => orient * (c - target s)).
  assert (HD1 : total D data = 0) by (unfold D; rewrite total_scale, Hmean; ring).
  assert (HD2 : forall w, total (fun s => D s * dot w (input s)) data = 0).
  { intros w. transitivity (orient * total (fun s => (c - target s) * dot w (input s)) data); [|rewrite Hslope; ring].
    rewrite <- total_scale. apply total_ext. intros; unfold D; ring. }
  destruct (first_layer activation activation1 activation2 data D inputs mu HD1 HD2 Hmu Hform a k (length l) Hk Hsmooth Hbend)
    as (C & m & HC & Hm & Hfirst).
  rewrite Hl in Hshape. destruct widths as [|width widths]; [contradiction|]. destruct Hshape as (Hwidth & Hlengths & Hrest).
  assert (Hne : Forall (fun l => l <> []) above).
  { inversion_clear Hwidths as [|? ? _ Hw]. clear - Hrest Hw. revert width above Hrest. induction Hw as [|w ws H Hw IH]; intros width [|l ls] Hrest;
      simpl in Hrest; try contradiction; constructor.
    - destruct Hrest as (<- & _). intros ->. simpl in H. lia.
    - destruct Hrest as (_ & _ & Hrest). now apply (IH w). }
  destruct (upper_layers activation activation1 activation2 data D inputs mu HD1 Hmu Hform stages above (length l) a k C m (orient * sign)
    Hk HC Hm Hpattern Hstages Hne Hsteady) as (e1 & He1 & Hupper).
  destruct (Hfirst e1 He1) as (e2 & He2 & Hfirst').
  destruct (positive_margin (fun v => sign * v) (last_weights net) Hpos) as (e3 & He3 & Hmargin).
  set (e := Rmin e1 (Rmin e2 e3)).
  assert (He : 0 < e /\ e <= e1 /\ e <= e2 /\ e <= e3).
  { unfold e. pose proof (Rmin_l e1 (Rmin e2 e3)). pose proof (Rmin_r e1 (Rmin e2 e3)). pose proof (Rmin_l e2 e3). pose proof (Rmin_r e2 e3).
    split; [repeat apply Rmin_pos; assumption|lra]. }
  exists e. split; [apply He|]. intros net' (Hlayers & Hlast & _). rewrite Hl in Hlayers.
  inversion Hlayers as [|? l' ? above' Hl' Habove Heq Heq']; subst.
  apply (not_better_than_constant activation a stages c sign net net' l' above'); [assumption|assumption|now symmetry|].
  assert (Hlength : length l' = length l) by (clear - Hl'; induction Hl'; simpl; congruence).
  assert (Hsmall : Forall (fun u => length (weights u) = inputs /\ Forall (fun w => Rabs w <= e2) (weights u) /\ Rabs (bias u - a) <= e2) l').
  { clear - Hl' Hunits Hlengths He. induction Hl' as [|u u' l l' [Hw Hb] Hl' IH]; constructor;
      inversion_clear Hunits as [|? ? [Hzero Ha] Hu2]; inversion_clear Hlengths as [|? ? Hlen Hlen2]; [|now apply IH].
    split; [rewrite <- Hlen; clear - Hw; induction Hw; simpl; congruence|]. split; [|unfold close in Hb; rewrite <- Ha; lra].
    clear - Hw Hzero He. induction Hw as [|w w' ws ws' Hw Hws IH]; constructor; inversion_clear Hzero as [|? ? H0 H1]; [|now apply IH].
    unfold close in Hw. rewrite H0, Rminus_0_r in Hw. lra. }
  destruct (Hfirst' e2 ltac:(lra) l' Hlength Hsmall) as (s & Hs & Hfine).
  specialize (Hupper e1 ltac:(lra) above' (first_functions activation l') s ltac:(apply (close_layers_mono e); [apply He|exact Habove])
    ltac:(unfold first_functions; rewrite map_length; exact Hlength) Hs Hfine).
  apply (dot_nonneg sign); [exact Hsign| |].
  - clear - Hlast Hmargin He Hsign. induction Hlast as [|v v' vs vs' Hc Hvs IH]; constructor; inversion_clear Hmargin as [|? ? H1 H2]; auto.
    unfold close in Hc. apply Rabs_le_between in Hc. destruct Hsign as [-> | ->]; lra.
  - rewrite Forall_map. revert Hupper. apply Forall_impl. intros f Hf.
    replace (total (fun s => D s * f (input s)) data) with (orient * total (fun s => (c - target s) * f (input s)) data) in Hf
      by (rewrite <- total_scale; apply total_ext; intros; unfold D; ring).
    destruct Horient as [-> | ->]; lra.
Qed.
