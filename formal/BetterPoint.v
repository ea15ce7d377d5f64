(** T3: at a constant network whose last hidden layer has two units or more the loss can be made strictly smaller
    (Proposition 11 of docs/mathematics.md): the local minimum is not global. *)

From Coquelicot Require Import Coquelicot.
From Coq Require Import Reals List Lra Lia Psatz.
From Minima Require Import Network Sums Taylor Layers Widths DeepMinimum.
Import ListNotations.
Open Scope R_scope.

(** A family of changes of the output that grow like k (t y)^2 lowers the loss for a small t, if k times the sum of the
    residual times y^2 is negative. *)
Lemma lower_by_quadratic (data : list sample) (D y : sample -> R) (k : R) (phi : R -> R) :
  k * total (fun s => D s * y s ^ 2) data < 0 ->
  (forall e, 0 < e -> exists h, 0 < h /\ forall v, Rabs v <= h -> Rabs (phi v - k * v ^ 2) <= e * v ^ 2) ->
  exists t, 2 * total (fun s => D s * phi (t * y s)) data + total (fun s => phi (t * y s) ^ 2) data < 0.
Proof.
  intros Hneg Hphi. set (S := total (fun s => D s * y s ^ 2) data) in *.
  set (N := total (fun s => Rabs (D s) * y s ^ 2) data). set (Q := total (fun s => y s ^ 4) data).
  set (Y := total (fun s => Rabs (y s)) data).
  assert (HN : 0 <= N) by (apply total_nonneg; intros; apply Rmult_le_pos; [apply Rabs_pos|apply pow2_ge_0]).
  assert (HQ : 0 <= Q).
  { apply total_nonneg. intros s _. replace (y s ^ 4) with ((y s ^ 2) ^ 2) by ring. apply pow2_ge_0. }
  assert (HY : 0 <= Y) by (apply total_nonneg; intros; apply Rabs_pos).
  set (e := Rmin 1 (- (k * S) / (2 * N + 1))).
  assert (He : 0 < e) by (unfold e; apply Rmin_pos; [lra|apply Rdiv_lt_0_compat; lra]).
  assert (He1 : e <= 1) by apply Rmin_l.
  assert (HeN : 2 * N * e <= - (k * S)).
  { apply Rle_trans with (2 * N * (- (k * S) / (2 * N + 1))); [apply Rmult_le_compat_l; [lra|apply Rmin_r]|].
    apply Rmult_le_reg_r with (2 * N + 1); [lra|].
    replace (2 * N * (- (k * S) / (2 * N + 1)) * (2 * N + 1)) with (2 * N * - (k * S)) by (field; lra). nra. }
  destruct (Hphi e He) as (h & Hh & Hclose).
  set (G := (Rabs k + 1) ^ 2 * Q). assert (HG : 0 <= G) by (apply Rmult_le_pos; [apply pow2_ge_0|exact HQ]).
  destruct (small_and _ _ (small_scaled Y h HY Hh) (small_and _ _ (small_below 1 Rlt_0_1)
    (small_scaled (2 * G) (- (k * S)) ltac:(lra) ltac:(lra)))) as (t & Ht & Hall).
  destruct (Hall t ltac:(lra)) as (HtY & Ht1 & HtG). exists t.
  assert (B : forall s, In s data -> Rabs (phi (t * y s) - k * (t * y s) ^ 2) <= e * (t * y s) ^ 2).
  { intros s Hs. apply Hclose. rewrite Rabs_mult, (Rabs_right t) by lra.
    apply Rle_trans with (Y * t); [|exact HtY]. rewrite Rmult_comm. apply Rmult_le_compat_r; [lra|].
    apply (total_member (fun s => Rabs (y s))); [intros; apply Rabs_pos|exact Hs]. }
  assert (L1 : total (fun s => D s * phi (t * y s)) data <= t ^ 2 * (k * S) + t ^ 2 * (e * N)).
  { unfold S, N. rewrite <- !total_scale, <- total_plus. apply total_le. intros s Hs. specialize (B s Hs).
    set (r := phi (t * y s) - k * (t * y s) ^ 2) in *.
    assert (D s * r <= Rabs (D s) * (e * (t * y s) ^ 2)).
    { eapply Rle_trans; [apply Rle_abs|]. rewrite Rabs_mult. apply Rmult_le_compat_l; [apply Rabs_pos|exact B]. }
    replace (phi (t * y s)) with (k * (t * y s) ^ 2 + r) by (unfold r; ring). nra. }
  assert (L2 : total (fun s => phi (t * y s) ^ 2) data <= t ^ 4 * G).
  { unfold G, Q. rewrite <- Rmult_assoc, <- total_scale. apply total_le. intros s Hs. specialize (B s Hs).
    assert (Hp : Rabs (phi (t * y s)) <= (Rabs k + 1) * (t * y s) ^ 2).
    { replace (phi (t * y s)) with ((phi (t * y s) - k * (t * y s) ^ 2) + k * (t * y s) ^ 2) by ring.
      eapply Rle_trans; [apply Rabs_triang|]. rewrite Rabs_mult, (Rabs_right ((t * y s) ^ 2)) by (apply Rle_ge, pow2_ge_0).
      pose proof (pow2_ge_0 (t * y s)). nra. }
    apply square_bound in Hp. replace (t ^ 4 * (Rabs k + 1) ^ 2 * y s ^ 4) with (((Rabs k + 1) * (t * y s) ^ 2) ^ 2) by ring. exact Hp. }
  assert (T2 : 0 < t ^ 2) by (apply pow_lt; lra).
  assert (L3 : t ^ 4 * G <= t ^ 2 * (- (k * S) / 2)).
  { replace (t ^ 4 * G) with (t ^ 2 * (t * (t * G))) by ring. apply Rmult_le_compat_l; [lra|].
    assert (0 <= t * G) by (apply Rmult_le_pos; lra). nra. }
  assert (L4 : t ^ 2 * (2 * (e * N)) <= t ^ 2 * (- (k * S))) by (apply Rmult_le_compat_l; lra).
  assert (L5 : t ^ 2 * (k * S) < 0) by nra.
  lra.
Qed.

(** Two units at half and full distance: 2 f(a + u/2) - f(a + u) - f(a) is -f''(a) u^2 / 4, nearly. *)
Lemma second_difference f f1 f2 a e : smooth_near f f1 f2 a -> 0 < e ->
  exists h, 0 < h /\ forall u, Rabs u <= h -> Rabs (2 * f (a + u / 2) - f (a + u) - f a - - f2 a / 4 * u ^ 2) <= e * u ^ 2.
Proof.
  intros Hf He. destruct (near_level f f1 f2 a e Hf He) as (h & Hh & Hnear). exists h. split; [exact Hh|]. intros u Hu.
  assert (A : Rabs (f (a + u) - (f a + f1 a * u + f2 a / 2 * u ^ 2)) <= e / 2 * u ^ 2).
  { apply (taylor_error f f1 f2). intros t Ht. apply Hnear. apply (between_near a (a + u)); [exact Ht|].
    now replace (a + u - a) with u by ring. }
  assert (B : Rabs (f (a + u / 2) - (f a + f1 a * (u / 2) + f2 a / 2 * (u / 2) ^ 2)) <= e / 2 * (u / 2) ^ 2).
  { apply (taylor_error f f1 f2). intros t Ht. apply Hnear. apply (between_near a (a + u / 2)); [exact Ht|].
    replace (a + u / 2 - a) with (u / 2) by ring. unfold Rdiv. rewrite Rabs_mult, (Rabs_right (/ 2)) by lra. pose proof (Rabs_pos u). lra. }
  apply Rabs_le_between in A. apply Rabs_le_between in B. apply Rabs_le_between. pose proof (pow2_ge_0 u). lra.
Qed.

(** The same along a curve u = g y with g' (0) = nu. *)
Lemma second_difference_along f f1 f2 a g nu v : smooth_near f f1 f2 a -> g 0 = 0 -> is_derive g 0 nu ->
  forall e, 0 < e -> exists h, 0 < h /\ forall y, Rabs y <= h ->
    Rabs (v * (2 * f (a + g y / 2) - f (a + g y) - f a) - v * (- f2 a / 4 * nu ^ 2) * y ^ 2) <= e * y ^ 2.
Proof.
  intros Hf Hg0 Hg e He. set (m := Rabs nu + 1). set (b := Rabs (f2 a) / 4 * (2 * Rabs nu + 1)).
  pose proof (Rabs_pos nu) as Hnu. pose proof (Rabs_pos (f2 a)) as Hf2. pose proof (Rabs_pos v) as Hv.
  assert (Hb : 0 <= b) by (unfold b; apply Rmult_le_pos; lra).
  set (e1 := e / (2 * (Rabs v * m ^ 2 + 1))). set (e2 := Rmin 1 (e / (2 * (Rabs v * b + 1)))).
  assert (Hvm : 0 <= Rabs v * m ^ 2) by (apply Rmult_le_pos; [exact Hv|apply pow2_ge_0]).
  assert (Hvb : 0 <= Rabs v * b) by (apply Rmult_le_pos; assumption).
  assert (He1 : 0 < e1) by (apply Rdiv_lt_0_compat; lra).
  assert (He2 : 0 < e2) by (unfold e2; apply Rmin_pos; [lra|apply Rdiv_lt_0_compat; lra]).
  assert (E1 : Rabs v * m ^ 2 * e1 <= e / 2).
  { unfold e1. apply Rmult_le_reg_r with (2 * (Rabs v * m ^ 2 + 1)); [lra|].
    replace (Rabs v * m ^ 2 * (e / (2 * (Rabs v * m ^ 2 + 1))) * (2 * (Rabs v * m ^ 2 + 1))) with (Rabs v * m ^ 2 * e) by (field; lra). nra. }
  assert (E2 : Rabs v * b * e2 <= e / 2).
  { apply Rle_trans with (Rabs v * b * (e / (2 * (Rabs v * b + 1)))); [apply Rmult_le_compat_l; [exact Hvb|apply Rmin_r]|].
    apply Rmult_le_reg_r with (2 * (Rabs v * b + 1)); [lra|].
    replace (Rabs v * b * (e / (2 * (Rabs v * b + 1))) * (2 * (Rabs v * b + 1))) with (Rabs v * b * e) by (field; lra). nra. }
  destruct (second_difference f f1 f2 a e1 Hf He1) as (h1 & Hh1 & Hsecond).
  assert (Hlin : exists h2, 0 < h2 /\ forall y, Rabs y <= h2 -> Rabs (g y - nu * y) <= e2 * Rabs y).
  { apply is_derive_Reals in Hg. destruct (Hg e2 He2) as [d Hd]. exists (d / 2). pose proof (cond_pos d) as Hdp. split; [lra|].
    intros y Hy. destruct (Req_dec y 0) as [->|Hy0]; [rewrite Hg0, Rabs_R0; replace (0 - nu * 0) with 0 by ring; rewrite Rabs_R0; lra|].
    specialize (Hd y Hy0 ltac:(lra)). rewrite Rplus_0_l, Hg0 in Hd.
    replace (g y - nu * y) with (((g y - 0) / y - nu) * y) by (field; exact Hy0). rewrite Rabs_mult.
    apply Rmult_le_compat_r; [apply Rabs_pos|lra]. }
  destruct Hlin as (h2 & Hh2 & Hlin).
  assert (Hm : 0 < m) by (unfold m; lra).
  exists (Rmin h2 (h1 / m)). split; [apply Rmin_pos; [exact Hh2|now apply Rdiv_lt_0_compat]|]. intros y Hy.
  specialize (Hlin y (Rle_trans _ _ _ Hy (Rmin_l _ _))). set (d := g y - nu * y) in *.
  assert (He21 : e2 <= 1) by apply Rmin_l. pose proof (Rabs_pos y) as Hy0.
  assert (Hgy : Rabs (g y) <= m * Rabs y).
  { replace (g y) with (nu * y + d) by (unfold d; ring). eapply Rle_trans; [apply Rabs_triang|]. rewrite Rabs_mult. unfold m.
    assert (e2 * Rabs y <= 1 * Rabs y) by (apply Rmult_le_compat_r; assumption). lra. }
  assert (Hgh : Rabs (g y) <= h1).
  { eapply Rle_trans; [exact Hgy|]. apply Rle_trans with (m * (h1 / m)); [|right; field; lra].
    apply Rmult_le_compat_l; [lra|]. eapply Rle_trans; [exact Hy|apply Rmin_r]. }
  specialize (Hsecond (g y) Hgh). set (q := 2 * f (a + g y / 2) - f (a + g y) - f a) in *.
  replace (v * q - v * (- f2 a / 4 * nu ^ 2) * y ^ 2)
    with (v * ((q - - f2 a / 4 * g y ^ 2) + - f2 a / 4 * (d * (g y + nu * y)))) by (unfold d; field).
  rewrite Rabs_mult.
  assert (P1 : Rabs (q - - f2 a / 4 * g y ^ 2) <= m ^ 2 * e1 * Rabs y ^ 2).
  { eapply Rle_trans; [exact Hsecond|]. apply square_bound in Hgy. replace (m ^ 2 * e1 * Rabs y ^ 2) with (e1 * (m * Rabs y) ^ 2) by ring.
    apply Rmult_le_compat_l; lra. }
  assert (P2 : Rabs (- f2 a / 4 * (d * (g y + nu * y))) <= b * e2 * Rabs y ^ 2).
  { rewrite !Rabs_mult. replace (Rabs (- f2 a / 4)) with (Rabs (f2 a) / 4)
      by (unfold Rdiv; rewrite Rabs_mult, Rabs_Ropp, (Rabs_right (/ 4)) by lra; reflexivity).
    assert (Hsum : Rabs (g y + nu * y) <= (2 * Rabs nu + 1) * Rabs y).
    { eapply Rle_trans; [apply Rabs_triang|]. rewrite Rabs_mult. unfold m in Hgy. lra. }
    replace (b * e2 * Rabs y ^ 2) with (Rabs (f2 a) / 4 * ((e2 * Rabs y) * ((2 * Rabs nu + 1) * Rabs y))) by (unfold b; ring).
    apply Rmult_le_compat_l; [lra|]. apply Rmult_le_compat; try apply Rabs_pos; assumption. }
  apply Rle_trans with (Rabs v * (m ^ 2 * e1 * Rabs y ^ 2 + b * e2 * Rabs y ^ 2)).
  - apply Rmult_le_compat_l; [exact Hv|]. eapply Rle_trans; [apply Rabs_triang|]. lra.
  - rewrite <- (pow2_abs y). replace (Rabs v * (m ^ 2 * e1 * Rabs y ^ 2 + b * e2 * Rabs y ^ 2))
      with ((Rabs v * m ^ 2 * e1 + Rabs v * b * e2) * Rabs y ^ 2) by ring.
    apply Rmult_le_compat_r; [apply pow2_ge_0|lra].
Qed.

(** ** The network: a chain of single units, then two units that are fed by it *)

Section Better.

Variables (activation activation1 activation2 : R -> R) (data : list sample) (a0 c sign p slope : R) (stages : list stage).

(** Layers of one unit that pass on a number x, near activation p, as activation (p + x - activation p). *)
Definition passing (n : nat) : list layer := repeat [Unit [1] (p - activation p)] n.

Fixpoint passed (n : nat) (y : R) : R :=
  match n with O => y | S n' => passed n' (activation (p + (y - activation p))) end.

Lemma hidden_passing n above : forall y,
  hidden_output activation (passing n ++ above) [y] = hidden_output activation above [passed n y].
Proof.
  induction n as [|n IH]; intros y; [reflexivity|]. cbn [passing repeat app hidden_output]. fold (passing n).
  unfold layer_output. cbn [map]. unfold preactivation. cbn [weights bias dot].
  replace (1 * y + 0 + (p - activation p)) with (p + (y - activation p)) by ring. apply IH.
Qed.

Hypothesis p_slope : is_derive activation p slope.

Lemma shifted (g : R -> R) (nu k x : R) : is_derive g x nu -> is_derive (fun y => k + g y) x nu.
Proof. intros H. evar_last; [apply (is_derive_plus (V := R_NormedModule)); [apply is_derive_const|exact H]|apply plus_zero_l]. Qed.

Lemma passed_fixed n : passed n (activation p) = activation p.
Proof. induction n as [|n IH]; [reflexivity|]. cbn [passed]. replace (p + (activation p - activation p)) with p by ring. exact IH. Qed.

Lemma passed_slope n : forall (g : R -> R) (nu : R), g 0 = activation p -> is_derive g 0 nu -> is_derive (fun y => passed n (g y)) 0 (slope ^ n * nu).
Proof.
  induction n as [|n IH]; intros g nu Hg0 Hg; cbn [passed pow]; [now rewrite Rmult_1_l|].
  replace (slope * slope ^ n * nu)%R with (slope ^ n * (nu * slope))%R by (simpl; ring).
  apply (IH (fun y => activation (p + (g y - activation p)))).
  - rewrite Hg0. f_equal. ring.
  - apply (is_derive_comp activation (fun y => p + (g y - activation p))).
    + rewrite Hg0. replace (p + (activation p - activation p)) with p by ring. exact p_slope.
    + apply (is_derive_ext (fun y => (p - activation p) + g y));
        [intros y; change (@eq R (p - activation p + g y) (p + (g y - activation p))); ring|]. now apply shifted.
Qed.

(** What the last hidden layer is fed with besides its level, at depth n + 1, when the first unit gets t w and y = w . x. *)
Definition fed (n : nat) (y : R) : R :=
  match n with O => y | S n' => passed n' (activation (p + y)) - activation p end.

Lemma fed_zero n : fed n 0 = 0.
Proof. destruct n; cbn [fed]; [reflexivity|]. rewrite Rplus_0_r, passed_fixed. ring. Qed.

Lemma fed_slope n : is_derive (fed n) 0 (slope ^ n).
Proof.
  destruct n as [|n]; cbn [fed].
  - apply (is_derive_id (K := R_AbsRing)).
  - apply (is_derive_ext (fun y => - activation p + passed n (activation (p + y))));
      [intros y; change (@eq R (- activation p + passed n (activation (p + y))) (passed n (activation (p + y)) - activation p)); ring|]. apply shifted.
    replace (slope ^ S n)%R with (slope ^ n * slope)%R by (simpl; ring).
    apply (passed_slope n (fun y => activation (p + y))); [now rewrite Rplus_0_r|].
    evar_last; [apply (is_derive_comp activation (fun y => p + y) 0 slope 1)|apply Rmult_1_l].
    + now rewrite Rplus_0_r.
    + apply (shifted (fun y => y)), (is_derive_id (K := R_AbsRing)).
Qed.

Definition better_hidden (n : nat) (a : R) (w : list R) : list layer :=
  match n with
  | O => [[Unit (map (Rmult (/ 2)) w) a; Unit w a]]
  | S n' => [Unit w p] :: passing n' ++ [[Unit [/ 2] (a - / 2 * activation p); Unit [1] (a - activation p)]]
  end.

Lemma better_output n a v b w x :
  output activation (Network (better_hidden n a w) [2 * v; - v] b) x
  = v * (2 * activation (a + fed n (dot w x) / 2) - activation (a + fed n (dot w x))) + b.
Proof.
  unfold output. destruct n as [|n]; cbn [hidden better_hidden last_weights last_bias hidden_output fed].
  - unfold layer_output, preactivation. cbn [map weights bias]. rewrite dot_scale. cbn [dot].
    replace (/ 2 * dot w x + a) with (a + dot w x / 2) by field. replace (dot w x + a) with (a + dot w x) by ring. ring.
  - unfold layer_output at 1. cbn [map]. unfold preactivation. cbn [weights bias]. rewrite hidden_passing.
    cbn [hidden_output]. unfold layer_output, preactivation. cbn [map weights bias dot].
    set (f := passed n (activation (dot w x + p))). replace (p + dot w x) with (dot w x + p) by ring. fold f.
    replace (/ 2 * f + 0 + (a - / 2 * activation p)) with (a + (f - activation p) / 2) by field.
    replace (1 * f + 0 + (a - activation p)) with (a + (f - activation p)) by ring. ring.
Qed.

Lemma better_shape n a v b w : of_shape (length w) (repeat 1%nat n ++ [2%nat]) (Network (better_hidden n a w) [2 * v; - v] b).
Proof.
  split; [|cbn [last_weights length]; now rewrite last_last].
  cbn [hidden]. destruct n as [|n]; cbn [better_hidden repeat app layers_of_shape length].
  - repeat split; repeat constructor. simpl. apply map_length.
  - split; [reflexivity|]. split; [repeat constructor|].
    induction n as [|n IH]; cbn [passing repeat app layers_of_shape length]; repeat split; repeat constructor. exact IH.
Qed.

(** For every depth (n + 1 hidden layers) and all widths with at least two units in the last hidden layer. *)
Theorem better_exists n widths w net :
  constant_network activation a0 stages c sign net ->
  slope <> 0 ->
  smooth_near activation activation1 activation2 (top_level a0 stages) ->
  (* the form of the residual at w has the sign of the last weights times the second derivative *)
  0 < sum (last_weights net) * activation2 (top_level a0 stages) * total (fun s => (c - target s) * dot w (input s) ^ 2) data ->
  Forall (fun s => length (input s) = length w) data ->
  at_least widths (repeat 1%nat n ++ [2%nat]) ->
  exists net', of_shape (length w) widths net' /\ last_bias net' = last_bias net
               /\ loss activation data net' < loss activation data net.
Proof.
  intros Hnet Hslope Hsmooth Hform Hlengths Hwidths.
  set (a := top_level a0 stages) in *. set (v := sum (last_weights net)) in *.
  assert (Hc : v * activation a + last_bias net = c) by (destruct Hnet as (? & ? & _ & _ & _ & _ & _ & H); exact H).
  set (nu := slope ^ n). assert (Hnu : 0 < nu ^ 2).
  { unfold nu. assert (slope ^ n <> 0) by now apply pow_nonzero. nra. }
  set (phi := fun y => v * (2 * activation (a + fed n y / 2) - activation (a + fed n y) - activation a)).
  set (y := fun s => dot w (input s)).
  destruct (lower_by_quadratic data (fun s => c - target s) y (v * (- activation2 a / 4 * nu ^ 2)) phi) as [t Ht].
  { fold y in Hform. set (T := total (fun s => (c - target s) * y s ^ 2) data) in *.
    replace (v * (- activation2 a / 4 * nu ^ 2) * T) with (- (nu ^ 2 / 4 * (v * activation2 a * T))) by field.
    assert (0 < nu ^ 2 / 4 * (v * activation2 a * T)) by (apply Rmult_lt_0_compat; [lra|exact Hform]). lra. }
  { exact (second_difference_along activation activation1 activation2 a (fed n) nu v Hsmooth (fed_zero n) (fed_slope n)). }
  set (tw := map (Rmult t) w).
  pose proof (better_shape n a v (last_bias net) tw) as Hshape.
  destruct (wider activation _ _ widths _ Hshape Hwidths) as (net' & Hnet' & Hbias & Hsame).
  assert (Hlen : length tw = length w) by apply map_length. rewrite Hlen in Hnet', Hsame.
  exists net'. split; [exact Hnet'|]. split; [exact Hbias|].
  pose proof (excess_loss activation data net net') as E.
  rewrite Forall_forall in Hlengths.
  assert (Hout : forall s, In s data -> output activation net' (input s) - output activation net (input s) = phi (t * y s)).
  { intros s Hs. rewrite (Hsame _ (Hlengths s Hs)), better_output, (constant_output activation a0 stages c sign) by assumption.
    unfold phi, tw. rewrite dot_scale. fold (y s). rewrite <- Hc. ring. }
  rewrite (total_ext _ (fun s => (c - target s) * phi (t * y s))) in E
    by (intros s Hs; rewrite Hout by exact Hs; now rewrite (constant_output activation a0 stages c sign)).
  rewrite (total_ext (fun s => (output activation net' (input s) - output activation net (input s)) ^ 2) (fun s => phi (t * y s) ^ 2)) in E
    by (intros s Hs; now rewrite Hout).
  lra.
Qed.

End Better.
