(** T1: one hidden layer, at a point where the network is constant. An explicit region, of every width, in which nothing
    is lower (Theorem 8 of docs/mathematics.md for one hidden layer), and so a local minimum. *)

From Coquelicot Require Import Coquelicot.
From Coq Require Import Reals List Lra Psatz.
From Minima Require Import Network Sums Taylor Layers.
Import ListNotations.
Open Scope R_scope.

(** First weights within [r] of 0, biases within [r] of [a], last weights of any size but of the right sign or 0, any
    last bias; any number of units. *)
Definition box (r a sign : R) (net : network) : Prop :=
  exists l,
    hidden net = [l]
    /\ Forall (fun u => Forall (fun w => Rabs w <= r) (weights u) /\ Rabs (bias u - a) <= r) l
    /\ Forall (fun v => 0 <= sign * v) (last_weights net).

Section OneHiddenLayer.

Variables (activation activation1 activation2 : R -> R) (data : list sample) (a c sign r : R).

(** The residual: by how much the constant network exceeds the target. *)
Let D (s : sample) := c - target s.

Hypothesis one_sign : sign = 1 \/ sign = -1.

(** The residual is orthogonal to the constants and to every linear function of the inputs. *)
Hypothesis no_mean : total D data = 0.
Hypothesis no_slope : forall w, total (fun s => D s * dot w (input s)) data = 0.

(** For each sample a number that is at most sign * D * activation'' over all preactivations that this sample can have in
    the box, where the activation is twice differentiable; these numbers make a positive semidefinite form. *)
Variable floors : list (sample * R).
Hypothesis floors_data : map fst floors = data.
Hypothesis smooth : forall s floor t, In (s, floor) floors -> Rabs (t - a) <= r * (1 + norm1 (input s)) ->
  twice_differentiable activation activation1 activation2 t /\ floor <= sign * D s * activation2 t.
Hypothesis form : forall w, 0 <= total (fun p => snd p * dot w (input (fst p)) ^ 2) floors.
Hypothesis r_nonneg : 0 <= r.

Lemma unit_in_box u :
  Forall (fun w => Rabs w <= r) (weights u) -> Rabs (bias u - a) <= r ->
  0 <= sign * total (fun s => D s * activation (preactivation u (input s))) data.
Proof.
  intros Hw Hb. rewrite <- total_scale, <- floors_data, total_map.
  set (b := bias u) in *. set (z := fun p : sample * R => dot (weights u) (input (fst p))).
  assert (T : forall p, In p floors ->
    sign * D (fst p) * activation b + sign * D (fst p) * activation1 b * z p + snd p / 2 * z p ^ 2
    <= sign * (D (fst p) * activation (preactivation u (input (fst p))))).
  { intros [s floor] Hs. unfold preactivation, z. cbn [fst snd]. fold b. rewrite (Rplus_comm _ b), <- Rmult_assoc.
    apply (taylor_scaled (sign * D s) activation activation1 activation2).
    intros t Ht. apply (smooth s floor); [assumption|].
    pose proof (dot_bound r (weights u) (input s) r_nonneg Hw) as Hd.
    assert (Rabs (t - b) <= r * norm1 (input s)).
    { apply (between_near b (b + dot (weights u) (input s))); [assumption|].
      now replace (b + dot (weights u) (input s) - b) with (dot (weights u) (input s)) by lra. }
    replace (t - a) with ((t - b) + (b - a)) by lra.
    eapply Rle_trans; [apply Rabs_triang|]. lra. }
  eapply Rle_trans; [|apply total_le; exact T].
  rewrite !total_plus.
  replace (total (fun p => sign * D (fst p) * activation b) floors) with (sign * activation b * total D data)
    by (rewrite <- floors_data, total_map, <- total_scale; apply total_ext; intros; ring).
  replace (total (fun p => sign * D (fst p) * activation1 b * z p) floors)
    with (sign * activation1 b * total (fun s => D s * dot (weights u) (input s)) data)
    by (rewrite <- floors_data, total_map, <- total_scale; apply total_ext; intros; unfold z; ring).
  replace (total (fun p => snd p / 2 * z p ^ 2) floors)
    with (/ 2 * total (fun p => snd p * dot (weights u) (input (fst p)) ^ 2) floors)
    by (rewrite <- total_scale; apply total_ext; intros; unfold z; field).
  rewrite no_mean, no_slope. pose proof (form (weights u)). lra.
Qed.

Theorem nothing_lower_in_box net net' :
  constant_network activation a [] c sign net -> box r a sign net' -> loss activation data net <= loss activation data net'.
Proof.
  intros Hnet (l & Hl & Hunits & Hlast).
  apply (not_better_than_constant activation a [] c sign net net' l []); try assumption. simpl.
  apply (dot_nonneg sign); [exact one_sign|exact Hlast|].
  unfold first_functions. rewrite map_map, Forall_map. revert Hunits. apply Forall_impl. intros u [Hw Hb]. now apply unit_in_box.
Qed.

Lemma close_in_box net net' e :
  constant_network activation a [] c sign net -> e <= r -> Forall (fun v => e <= sign * v) (last_weights net) ->
  close_networks e net net' -> box r a sign net'.
Proof.
  intros (l & above & Hl & Hunits & Hsteady & _) He Hv (Hclose & Hlast & _).
  destruct above; [|contradiction]. rewrite Hl in Hclose. inversion Hclose as [|? l' ? ? Hl' Hnil Heq1 Heq2]; subst. inversion Hnil; subst.
  exists l'. split; [now symmetry|]. split.
  - clear - Hl' Hunits He. induction Hl' as [|u u' l l' [Hw Hb] Hl' IH]; constructor.
    + inversion_clear Hunits as [|? ? [Hzero Ha] _]. split; [|unfold close in Hb; rewrite <- Ha; lra].
      clear - Hw Hzero He. induction Hw as [|w w' ws ws' Hw Hws IH]; constructor.
      * inversion_clear Hzero as [|? ? H0 _]. unfold close in Hw. rewrite H0, Rminus_0_r in Hw. lra.
      * apply IH. now inversion Hzero.
    + apply IH. now inversion Hunits.
  - clear - Hlast Hv one_sign. induction Hlast as [|v v' vs vs' Hclose Hlast IH]; constructor.
    + inversion_clear Hv as [|? ? Hpos _]. unfold close in Hclose. apply Rabs_le_between in Hclose.
      destruct one_sign; subst; lra.
    + apply IH. now inversion Hv.
Qed.

Theorem local_minimum_constant net :
  0 < r -> constant_network activation a [] c sign net -> local_minimum activation data net.
Proof.
  intros Hr Hnet.
  destruct (positive_margin (fun v => sign * v) (last_weights net)) as [m [Hm Hv]];
    [now destruct Hnet as (? & ? & _ & _ & _ & _ & ? & _)|].
  exists (Rmin r m). split; [now apply Rmin_pos|].
  intros net' Hclose. apply nothing_lower_in_box; [assumption|].
  apply (close_in_box net net' (Rmin r m)); [assumption|apply Rmin_l| |assumption].
  revert Hv. apply Forall_impl. intros v Hv. eapply Rle_trans; [apply Rmin_r|exact Hv].
Qed.

End OneHiddenLayer.
