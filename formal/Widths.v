(** Every width: a network can be made wider without changing its outputs, and constant networks of every shape exist. *)

From Coquelicot Require Import Coquelicot.
From Coq Require Import Reals List Lra Lia Psatz.
From Minima Require Import Network Sums Layers.
Import ListNotations.
Open Scope R_scope.

Definition at_least (widths least : list nat) : Prop := Forall2 le least widths.

(** ** Wider networks: further units whose outgoing weights are 0 *)

Lemma last_cons {A} (l : list A) : forall a d, last (a :: l) d = last l a.
Proof. induction l as [|b l IH]; intros a d; [reflexivity|]. change (last (b :: l) d = last (b :: l) a). now rewrite !IH. Qed.

Lemma dot_padded w : forall y z n, length w = length y -> dot (w ++ repeat 0 n) (y ++ z) = dot w y.
Proof.
  induction w as [|a w IH]; intros [|b y] z n H; try discriminate; simpl.
  - apply dot_zeros, Forall_forall. intros v Hv. now apply repeat_spec in Hv.
  - injection H as H. now rewrite IH.
Qed.

Definition widened_unit (n : nat) (u : unit) : unit := Unit (weights u ++ repeat 0 n) (bias u).

Lemma widen_layers activation widths : forall wider layers inputs more,
  layers_of_shape inputs widths layers -> at_least wider widths ->
  exists layers',
    layers_of_shape (inputs + more) wider layers'
    /\ forall y, length y = inputs -> length (hidden_output activation layers y) = last widths inputs
        /\ forall z, length z = more -> exists z',
             hidden_output activation layers' (y ++ z) = hidden_output activation layers y ++ z'.
Proof.
  induction widths as [|width widths IH]; intros wider [|l layers] inputs more Hshape Hwider; simpl in Hshape;
    try contradiction; inversion Hwider as [|? width' ? wider' Hle Hwider']; subst.
  - exists []. split; [exact I|]. intros y Hy. split; [exact Hy|]. intros z _. now exists z.
  - destruct Hshape as (Hl & Hunits & Hrest).
    destruct (IH wider' layers width (width' - width)%nat Hrest Hwider') as (layers' & Hshape' & Hsame).
    exists ((map (widened_unit more) l ++ repeat (Unit (repeat 0 (inputs + more)) 0) (width' - width)) :: layers').
    split.
    + simpl. repeat split.
      * rewrite app_length, map_length, repeat_length. lia.
      * apply Forall_app. split.
        -- rewrite Forall_map. revert Hunits. apply Forall_impl. intros u Hu. simpl.
           now rewrite app_length, repeat_length, Hu.
        -- apply Forall_forall. intros u Hu. apply repeat_spec in Hu. subst. simpl. apply repeat_length.
      * now replace width' with (width + (width' - width))%nat by lia.
    + intros y Hy. destruct (Hsame (layer_output activation l y)) as [Hlength Hsame'].
      { unfold layer_output. now rewrite map_length. }
      split.
      * cbn [hidden_output]. rewrite Hlength. now rewrite last_cons.
      * intros z Hz. cbn [hidden_output]. unfold layer_output at 1. rewrite map_app, map_map.
        rewrite (map_ext_in _ (fun u => activation (preactivation u y))).
        -- apply Hsame'. now rewrite map_length, repeat_length.
        -- intros u Hu. unfold preactivation, widened_unit. simpl. rewrite Forall_forall in Hunits.
           now rewrite dot_padded by (rewrite Hy; now apply Hunits).
Qed.

Theorem wider activation inputs widths wide net :
  of_shape inputs widths net -> at_least wide widths ->
  exists net',
    of_shape inputs wide net' /\ last_bias net' = last_bias net
    /\ forall x, length x = inputs -> output activation net' x = output activation net x.
Proof.
  intros [Hlayers Hlast] Hwide.
  destruct (widen_layers activation widths wide (hidden net) inputs 0 Hlayers Hwide) as (layers' & Hshape & Hsame).
  exists (Network layers' (last_weights net ++ repeat 0 (last wide inputs - last widths inputs)) (last_bias net)).
  rewrite Nat.add_0_r in Hshape.
  assert (last widths inputs <= last wide inputs)%nat.
  { clear - Hwide. unfold at_least in Hwide. induction Hwide as [|w w' ws ws' H Hws IH]; [auto|].
    destruct Hws; [exact H|exact IH]. }
  split; [|split].
  - split; [exact Hshape|]. simpl. rewrite app_length, repeat_length. lia.
  - reflexivity.
  - intros x Hx. destruct (Hsame x Hx) as [Hlength Hsame']. destruct (Hsame' [] eq_refl) as [z Hz].
    unfold output. simpl. rewrite app_nil_r in Hz. rewrite Hz, dot_padded; [reflexivity|].
    now rewrite Hlast, Hlength.
Qed.

(** ** Constant networks *)

Lemma sum_repeat v n : sum (repeat v n) = INR n * v.
Proof. induction n as [|n IH]; [unfold sum; simpl; lra|]. rewrite S_INR. unfold sum in *. simpl. rewrite IH. lra. Qed.

Definition shares (total : R) (n : nat) : list R := repeat (total / INR n) n.

Lemma sum_shares v n : (1 <= n)%nat -> sum (shares v n) = v.
Proof. intros H. unfold shares. rewrite sum_repeat. field. apply not_0_INR. lia. Qed.

Lemma shares_sign s v n : (1 <= n)%nat -> 0 < s * v -> Forall (fun w => 0 < s * w) (shares v n).
Proof.
  intros Hn Hv. apply Forall_forall. intros w Hw. apply repeat_spec in Hw. subst.
  assert (0 < INR n) by (apply lt_0_INR; lia).
  unfold Rdiv. rewrite <- Rmult_assoc. apply Rmult_lt_0_compat; [exact Hv|now apply Rinv_0_lt_compat].
Qed.

Lemma steady_exists activation stages : forall below width widths,
  (1 <= width)%nat -> Forall (fun w => 1 <= w)%nat widths -> Forall (fun s => incoming s <> 0) stages ->
  length widths = length stages ->
  exists layers, layers_of_shape width widths layers /\ steady activation below width stages layers
    /\ top_width width layers = last widths width.
Proof.
  induction stages as [|s stages IH]; intros below width [|w widths] Hwidth Hwidths Hsigns Hlength; try discriminate.
  - exists []. repeat split.
  - injection Hlength as Hlength. inversion_clear Hwidths. inversion_clear Hsigns.
    destruct (IH (level s) w widths) as (layers & Hshape & Hsteady & Htop); auto.
    exists (repeat (Unit (shares (incoming s) width) (level s - incoming s * activation below)) w :: layers).
    split; [|split].
    + simpl. rewrite repeat_length. repeat split; auto. apply Forall_forall. intros u Hu. apply repeat_spec in Hu. subst.
      apply repeat_length.
    + simpl. rewrite repeat_length. split; [|exact Hsteady]. apply Forall_forall. intros u Hu. apply repeat_spec in Hu. subst.
      simpl. split; [apply repeat_length|]. split.
      * apply shares_sign; [assumption|]. nra.
      * rewrite sum_shares by assumption. ring.
    + cbn [top_width]. rewrite repeat_length, Htop. now rewrite last_cons.
Qed.

(** A constant network of every shape, for every sum [v] of the last weights that has the right sign. *)
Theorem constant_exists activation a stages c sign v inputs width widths :
  (1 <= width)%nat -> Forall (fun w => 1 <= w)%nat widths -> length widths = length stages ->
  Forall (fun s => incoming s <> 0) stages -> 0 < sign * v ->
  exists net,
    of_shape inputs (width :: widths) net /\ constant_network activation a stages c sign net
    /\ last_bias net = c - v * activation (top_level a stages).
Proof.
  intros Hwidth Hwidths Hlength Hsigns Hv.
  destruct (steady_exists activation stages a width widths Hwidth Hwidths Hsigns Hlength) as (above & Hshape & Hsteady & Htop).
  assert (Htop1 : (1 <= last widths width)%nat).
  { clear - Hwidth Hwidths. revert width Hwidth. induction Hwidths as [|w ws H Hws IH]; intros width Hwidth; [exact Hwidth|].
    rewrite last_cons. now apply IH. }
  exists (Network (repeat (Unit (repeat 0 inputs) a) width :: above) (shares v (last widths width))
            (c - v * activation (top_level a stages))).
  split; [|split].
  - split; simpl.
    + rewrite repeat_length. repeat split; auto. apply Forall_forall. intros u Hu. apply repeat_spec in Hu. subst.
      apply repeat_length.
    + unfold shares. rewrite repeat_length. now rewrite <- (last_cons widths width inputs).
  - exists (repeat (Unit (repeat 0 inputs) a) width), above. simpl. rewrite repeat_length. repeat split; auto.
    + apply Forall_forall. intros u Hu. apply repeat_spec in Hu. subst. simpl. split; [|reflexivity].
      apply Forall_forall. intros w Hw. now apply repeat_spec in Hw.
    + rewrite Htop. apply repeat_length.
    + now apply shares_sign.
    + rewrite sum_shares by assumption. ring.
  - reflexivity.
Qed.

(** ** What is claimed of an instance *)

(** Among the networks of the given shape (with last bias 0 unless [output_bias]) one is a local minimum with the loss
    [high], and another one has a loss of at most [low]. *)
Definition bad_local_minimum (activation : R -> R) (data : list sample) (inputs : nat) (output_bias : bool)
    (widths : list nat) (high low : R) : Prop :=
  low < high
  /\ (exists net, of_shape inputs widths net /\ (output_bias = false -> last_bias net = 0)
                  /\ local_minimum activation data net /\ loss activation data net = high)
  /\ (exists net, of_shape inputs widths net /\ (output_bias = false -> last_bias net = 0)
                  /\ loss activation data net <= low).
