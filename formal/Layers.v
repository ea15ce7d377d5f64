(** Networks of any depth: constant networks, and the continuity of a network in its parameters. *)

From Coquelicot Require Import Coquelicot.
From Coq Require Import Reals List Lra Psatz.
From Minima Require Import Network Sums.
Import ListNotations.
Open Scope R_scope.

(** ** Constant networks *)

(** What is fixed of a layer above the first: the sign (1 or -1) of all its incoming weights, and its level. *)
Record stage := Stage { incoming : R; level : R }.

(** Every unit of every layer sits at the level of its layer, when the [width] units below sit at [below]. *)
Fixpoint steady (activation : R -> R) (below : R) (width : nat) (stages : list stage) (layers : list layer) : Prop :=
  match stages, layers with
  | [], [] => True
  | stage :: stages', l :: layers' =>
      Forall (fun u => length (weights u) = width
                       /\ Forall (fun w => 0 < incoming stage * w) (weights u)
                       /\ sum (weights u) * activation below + bias u = level stage) l
      /\ steady activation (level stage) (length l) stages' layers'
  | _, _ => False
  end.

Fixpoint top_level (first : R) (stages : list stage) : R :=
  match stages with
  | [] => first
  | stage :: above => top_level (level stage) above
  end.

Fixpoint top_width (first : nat) (layers : list layer) : nat :=
  match layers with
  | [] => first
  | l :: above => top_width (length l) above
  end.

(** All first weights are 0, every unit of the first layer sits at the level [a], those of the other layers at the levels
    of their stages; the last weights have one sign; the output is [c]. *)
Definition constant_network (activation : R -> R) (a : R) (stages : list stage) (c sign : R) (net : network) : Prop :=
  exists l above,
    hidden net = l :: above
    /\ Forall (fun u => Forall (fun w => w = 0) (weights u) /\ bias u = a) l
    /\ steady activation a (length l) stages above
    /\ length (last_weights net) = top_width (length l) above
    /\ Forall (fun v => 0 < sign * v) (last_weights net)
    /\ sum (last_weights net) * activation (top_level a stages) + last_bias net = c.

Lemma steady_output activation stages : forall below width layers,
  steady activation below width stages layers ->
  hidden_output activation layers (repeat (activation below) width)
  = repeat (activation (top_level below stages)) (top_width width layers).
Proof.
  induction stages as [|stage stages IH]; intros below width [|l layers] H; simpl in *; try contradiction; [reflexivity|].
  destruct H as [Hl Habove]. rewrite <- (IH _ _ _ Habove). f_equal.
  unfold layer_output. rewrite <- map_constant. apply map_ext_in. intros u Hu.
  rewrite Forall_forall in Hl. destruct (Hl u Hu) as (Hlength & _ & Hsum).
  unfold preactivation. rewrite dot_repeat by (rewrite Hlength; auto). now rewrite Hsum.
Qed.

Lemma first_preactivation a u x : Forall (fun w => w = 0) (weights u) /\ bias u = a -> preactivation u x = a.
Proof. intros [Hw Hb]. unfold preactivation. rewrite dot_zeros by assumption. lra. Qed.

Lemma first_output activation a l x :
  Forall (fun u => Forall (fun w => w = 0) (weights u) /\ bias u = a) l ->
  layer_output activation l x = repeat (activation a) (length l).
Proof.
  intros H. unfold layer_output. rewrite <- map_constant. apply map_ext_in. intros u Hu.
  rewrite Forall_forall in H. now rewrite (first_preactivation a u x (H u Hu)).
Qed.

Lemma constant_output activation a stages c sign net x :
  constant_network activation a stages c sign net -> output activation net x = c.
Proof.
  intros (l & above & Hl & Hfirst & Hsteady & Hlength & _ & Hc). unfold output. rewrite Hl. simpl.
  rewrite (first_output activation a) by assumption. rewrite (steady_output activation stages) by assumption.
  rewrite dot_repeat; [lra|now rewrite Hlength].
Qed.

(** ** A network as a list of functions, one for each unit of its last layer *)

Fixpoint unit_functions (activation : R -> R) (layers : list layer) (below : list (list R -> R)) : list (list R -> R) :=
  match layers with
  | [] => below
  | l :: above =>
      unit_functions activation above
        (map (fun u x => activation (preactivation u (map (fun f => f x) below))) l)
  end.

Lemma hidden_functions activation layers x : forall below,
  hidden_output activation layers (map (fun f => f x) below) = map (fun f => f x) (unit_functions activation layers below).
Proof.
  induction layers as [|l layers IH]; intros below; simpl; [reflexivity|].
  rewrite <- IH. unfold layer_output. now rewrite map_map.
Qed.

Definition first_functions (activation : R -> R) (l : layer) : list (list R -> R) :=
  map (fun u x => activation (preactivation u x)) l.

Lemma network_functions activation net l above x :
  hidden net = l :: above ->
  output activation net x
  = dot (last_weights net) (map (fun f => f x) (unit_functions activation above (first_functions activation l)))
    + last_bias net.
Proof.
  intros H. unfold output. rewrite H. simpl. rewrite <- hidden_functions. unfold layer_output, first_functions.
  now rewrite map_map.
Qed.

(** What the units' functions do to sums against the residual decides whether a network is better than a constant one. *)
Lemma not_better_than_constant activation a stages c sign net net' l above data :
  constant_network activation a stages c sign net ->
  total (fun s => c - target s) data = 0 ->
  hidden net' = l :: above ->
  0 <= dot (last_weights net')
         (map (fun f => total (fun s => (c - target s) * f (input s)) data)
            (unit_functions activation above (first_functions activation l))) ->
  loss activation data net <= loss activation data net'.
Proof.
  intros Hnet Hmean Hl Hsum. apply not_better.
  rewrite (total_ext _ (fun s => (c - target s) * dot (last_weights net')
      (map (fun f => f (input s)) (unit_functions activation above (first_functions activation l)))
      + (last_bias net' - c) * (c - target s))).
  2:{ intros s _. rewrite !(constant_output activation a stages c sign net) by assumption.
      rewrite (network_functions activation net' l above) by assumption. ring. }
  rewrite total_plus, total_scale, Hmean, Rmult_0_r, Rplus_0_r.
  now rewrite (total_dot_units (fun s => c - target s) (fun f s => f (input s))).
Qed.

(** ** What holds for all small [e] *)

Definition small (P : R -> Prop) : Prop := exists m, 0 < m /\ forall e, 0 < e <= m -> P e.

Lemma small_and P Q : small P -> small Q -> small (fun e => P e /\ Q e).
Proof.
  intros [m [Hm HP]] [k [Hk HQ]]. exists (Rmin m k). split; [now apply Rmin_pos|].
  intros e He. pose proof (Rmin_l m k). pose proof (Rmin_r m k). split; [apply HP|apply HQ]; lra.
Qed.

Lemma small_mono (P Q : R -> Prop) : (forall e, 0 < e -> P e -> Q e) -> small P -> small Q.
Proof. intros H [m [Hm HP]]. exists m. split; [exact Hm|]. intros e He. apply H; [lra|]. now apply HP. Qed.

Lemma small_forall {A} (P : A -> R -> Prop) (l : list A) :
  Forall (fun a => small (P a)) l -> small (fun e => Forall (fun a => P a e) l).
Proof.
  induction 1 as [|a l Ha Hl IH].
  - exists 1. split; [lra|constructor].
  - apply (small_mono (fun e => P a e /\ Forall (fun a => P a e) l)); [now constructor|now apply small_and].
Qed.

Lemma small_below k : 0 < k -> small (fun e => e <= k).
Proof. intros H. exists k. split; [exact H|]. intros e He; lra. Qed.

Lemma small_scaled k h : 0 <= k -> 0 < h -> small (fun e => k * e <= h).
Proof.
  intros Hk Hh. exists (h / (k + 1)). split; [apply Rdiv_lt_0_compat; lra|].
  intros e [He Hm]. apply Rle_trans with ((k + 1) * (h / (k + 1))).
  - apply Rle_trans with ((k + 1) * e); [nra|]. apply Rmult_le_compat_l; lra.
  - right. field. lra.
Qed.

(** ** Continuity *)

Lemma close_mono e e' a b : e <= e' -> close e a b -> close e' a b.
Proof. unfold close. lra. Qed.

Lemma close_list_mono e e' l l' : e <= e' -> Forall2 (close e) l l' -> Forall2 (close e') l l'.
Proof. intros He H. induction H; constructor; [now apply (close_mono e)|assumption]. Qed.

Lemma dot_close e w w' y y' :
  0 <= e <= 1 -> Forall2 (close e) w w' -> Forall2 (close e) y y' ->
  Rabs (dot w' y' - dot w y) <= (norm1 w + norm1 y + INR (length w)) * e.
Proof.
  intros [He0 He1] Hw. revert y y'. induction Hw as [|a a' w w' Ha Hw IH]; intros y y' Hy.
  - simpl. rewrite Rminus_0_r, Rabs_R0. pose proof (norm1_nonneg y). change (norm1 []) with 0. simpl. apply Rmult_le_pos; lra.
  - destruct Hy as [|b b' y y' Hb Hy]; simpl dot.
    + rewrite Rminus_0_r, Rabs_R0. pose proof (norm1_nonneg (a :: w)). change (norm1 []) with 0.
      pose proof (pos_INR (length (a :: w))). apply Rmult_le_pos; lra.
    + specialize (IH y y' Hy). unfold close in Ha, Hb.
      replace (a' * b' + dot w' y' - (a * b + dot w y))
        with (a * (b' - b) + (a' - a) * b + (a' - a) * (b' - b) + (dot w' y' - dot w y)) by ring.
      replace (norm1 (a :: w) + norm1 (b :: y) + INR (length (a :: w)))
        with (Rabs a + Rabs b + 1 + (norm1 w + norm1 y + INR (length w)))
        by (simpl length; rewrite S_INR; unfold norm1; simpl; ring).
      rewrite Rmult_plus_distr_r.
      eapply Rle_trans; [apply Rabs_triang|]. apply Rplus_le_compat; [|exact IH].
      eapply Rle_trans; [apply Rabs_triang|]. eapply Rle_trans; [apply Rplus_le_compat_r, Rabs_triang|].
      rewrite !Rabs_mult. pose proof (Rabs_pos a). pose proof (Rabs_pos b). pose proof (Rabs_pos (a' - a)).
      pose proof (Rabs_pos (b' - b)).
      assert (Rabs a * Rabs (b' - b) <= Rabs a * e) by (apply Rmult_le_compat_l; assumption).
      assert (Rabs (a' - a) * Rabs b <= e * Rabs b) by (apply Rmult_le_compat_r; assumption).
      assert (Rabs (a' - a) * Rabs (b' - b) <= 1 * e) by (apply Rmult_le_compat; lra).
      lra.
Qed.

Lemma preactivation_continuous u y h : 0 < h ->
  small (fun e => forall u' y', close_units e u u' -> Forall2 (close e) y y' ->
                                Rabs (preactivation u' y' - preactivation u y) <= h).
Proof.
  intros Hh. set (K := norm1 (weights u) + norm1 y + INR (length (weights u)) + 1).
  assert (HK : 0 <= K).
  { unfold K. pose proof (norm1_nonneg (weights u)). pose proof (norm1_nonneg y). pose proof (pos_INR (length (weights u))). lra. }
  eapply small_mono; [|apply small_and; [apply (small_below 1); lra|apply (small_scaled K h HK Hh)]].
  intros e He [H1 HKe] u' y' [Hw Hb] Hy. unfold preactivation, close in *.
  pose proof (dot_close e (weights u) (weights u') y y' (conj (Rlt_le _ _ He) H1) Hw Hy).
  replace (dot (weights u') y' + bias u' - (dot (weights u) y + bias u))
    with ((dot (weights u') y' - dot (weights u) y) + (bias u' - bias u)) by ring.
  eapply Rle_trans; [apply Rabs_triang|]. unfold K in HKe. lra.
Qed.

Lemma continuous_near f x h : continuous f x -> 0 < h -> exists k, 0 < k /\ forall y, Rabs (y - x) <= k -> Rabs (f y - f x) <= h.
Proof.
  intros Hf Hh. destruct (Hf (fun v => Rabs (v - f x) <= h)) as [k Hk].
  - exists (mkposreal h Hh). intros v Hv. now apply Rlt_le.
  - exists (k / 2). pose proof (cond_pos k). split; [lra|]. intros y Hy. apply Hk.
    change (Rabs (y - x) < k). lra.
Qed.

(** The outputs of a layer are continuous in its parameters and its inputs. *)
Lemma layer_continuous activation l y h :
  Forall (fun u => continuous activation (preactivation u y)) l -> 0 < h ->
  small (fun e => forall l' y', Forall2 (close_units e) l l' -> Forall2 (close e) y y' ->
                                Forall2 (close h) (layer_output activation l y) (layer_output activation l' y')).
Proof.
  intros H Hh.
  assert (Hall : small (fun e => Forall (fun u => forall u' y', close_units e u u' -> Forall2 (close e) y y' ->
      close h (activation (preactivation u y)) (activation (preactivation u' y'))) l)).
  { apply (small_forall (fun u e => forall u' y', close_units e u u' -> Forall2 (close e) y y' ->
      close h (activation (preactivation u y)) (activation (preactivation u' y')))).
    revert H. apply Forall_impl. intros u Hu.
    destruct (continuous_near _ _ h Hu Hh) as [k [Hk Hclose]].
    eapply small_mono; [|apply (preactivation_continuous u y k Hk)].
    intros e _ Hpre u' y' Hu' Hy'. now apply Hclose, Hpre. }
  eapply small_mono; [|exact Hall]. intros e _ He l' y' Hl' Hy'. unfold layer_output.
  clear H Hall. induction Hl' as [|u u' l l' Hu Hl IH]; simpl; constructor; inversion_clear He; auto.
Qed.
