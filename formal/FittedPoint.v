(** T5: one hidden layer, at a point where the network fits something. Copies of one unit (lifts), and an explicit region
    of every width in which nothing is lower (Theorems 24 and 26 of docs/mathematics.md for one hidden layer). *)

From Coquelicot Require Import Coquelicot.
From Coq Require Import Reals List Lra Psatz.
From Minima Require Import Network Sums Taylor Layers.
Import ListNotations.
Open Scope R_scope.

(** All units are copies of one unit; the last weights have one sign, and their sum is [v]. *)
Definition lift (u : unit) (v b sign : R) (net : network) : Prop :=
  exists l,
    hidden net = [l]
    /\ Forall (fun u' => u' = u) l
    /\ length (last_weights net) = length l
    /\ Forall (fun w => 0 < sign * w) (last_weights net)
    /\ sum (last_weights net) = v
    /\ last_bias net = b.

(** Units within [r] of that unit, last weights of any size but of the right sign or 0, any last bias; of every width. *)
Definition fitted_box (r : R) (u : unit) (sign : R) (net : network) : Prop :=
  exists l,
    hidden net = [l]
    /\ Forall (close_units r u) l
    /\ Forall (fun w => 0 <= sign * w) (last_weights net).

Lemma lift_output activation u v b sign net x :
  lift u v b sign net -> output activation net x = v * activation (preactivation u x) + b.
Proof.
  intros (l & Hl & Hunits & Hlength & _ & Hv & Hb). unfold output. rewrite Hl, Hb. simpl. unfold layer_output.
  rewrite (map_ext_in _ (fun _ => activation (preactivation u x))).
  - rewrite map_constant, dot_repeat; [now rewrite Hv|now rewrite Hlength].
  - intros u' Hu'. rewrite Forall_forall in Hunits. now rewrite (Hunits u' Hu').
Qed.

Lemma close_dot_bound r w w' x :
  0 <= r -> Forall2 (close r) w w' -> Rabs (dot w' x - dot w x) <= r * norm1 x.
Proof.
  intros Hr H; revert x; induction H as [|a a' w w' Ha H IH]; intros x.
  - simpl. rewrite Rminus_0_r, Rabs_R0. apply Rmult_le_pos; [exact Hr|apply norm1_nonneg].
  - destruct x as [|b x]; simpl.
    + rewrite Rminus_0_r, Rabs_R0. change (norm1 []) with 0. lra.
    + replace (a' * b + dot w' x - (a * b + dot w x)) with ((a' - a) * b + (dot w' x - dot w x)) by ring.
      eapply Rle_trans; [apply Rabs_triang|]. rewrite Rabs_mult. specialize (IH x). unfold norm1 in *; simpl.
      unfold close in Ha. pose proof (Rabs_pos b).
      assert (Rabs (a' - a) * Rabs b <= r * Rabs b) by (apply Rmult_le_compat_r; assumption). lra.
Qed.

Section OneHiddenLayer.

Variables (activation activation1 activation2 : R -> R) (data : list sample) (u : unit) (v b sign r : R).

(** The preactivation of the unit, and the residual. *)
Let z (s : sample) := preactivation u (input s).
Let D (s : sample) := v * activation (z s) + b - target s.

Hypothesis one_sign : sign = 1 \/ sign = -1.

(** The conditions for a critical point: the residual is orthogonal to the constants and to the unit's output; multiplied
    with the activation's derivative it is orthogonal to all functions w . x + constant. *)
Hypothesis no_mean : total D data = 0.
Hypothesis no_value : total (fun s => D s * activation (z s)) data = 0.
Hypothesis no_slope : forall w k, total (fun s => D s * activation1 (z s) * (dot w (input s) + k)) data = 0.

(** For each sample a number that is at most sign * D * activation'' over all preactivations that this sample can have in
    the box, where the activation is twice differentiable; as a form in the changes of weights and bias it is positive
    semidefinite. *)
Variable floors : list (sample * R).
Hypothesis floors_data : map fst floors = data.
Hypothesis smooth : forall s floor t, In (s, floor) floors -> Rabs (t - z s) <= r * (1 + norm1 (input s)) ->
  twice_differentiable activation activation1 activation2 t /\ floor <= sign * D s * activation2 t.
Hypothesis form : forall w k, 0 <= total (fun p => snd p * (dot w (input (fst p)) + k) ^ 2) floors.
Hypothesis r_nonneg : 0 <= r.

Lemma difference w w' : forall x, length w = length w' -> dot w' x - dot w x = dot (map (fun p => snd p - fst p) (combine w w')) x.
Proof.
  revert w'; induction w as [|a w IH]; intros [|a' w'] x H; try discriminate; simpl; [lra|].
  destruct x as [|c x]; [lra|]. injection H as H. rewrite <- (IH w' x H). ring.
Qed.

Lemma unit_in_fitted_box u' :
  close_units r u u' -> 0 <= sign * total (fun s => D s * activation (preactivation u' (input s))) data.
Proof.
  intros [Hw Hb].
  set (dw := map (fun p => snd p - fst p) (combine (weights u) (weights u'))). set (db := bias u' - bias u).
  assert (Hlength : length (weights u) = length (weights u')) by (clear - Hw; induction Hw; simpl; congruence).
  assert (Hu : forall s, preactivation u' (input s) = z s + (dot dw (input s) + db)).
  { intros s. unfold z, preactivation, dw, db. rewrite <- difference by assumption. ring. }
  rewrite <- total_scale, <- floors_data, total_map.
  set (e := fun p : sample * R => dot dw (input (fst p)) + db).
  assert (T : forall p, In p floors ->
    sign * D (fst p) * activation (z (fst p)) + sign * D (fst p) * activation1 (z (fst p)) * e p + snd p / 2 * e p ^ 2
    <= sign * (D (fst p) * activation (preactivation u' (input (fst p))))).
  { intros [s floor] Hs. unfold e. cbn [fst snd]. rewrite Hu, <- Rmult_assoc.
    apply (taylor_scaled (sign * D s) activation activation1 activation2). intros t Ht. apply (smooth s floor); [assumption|].
    apply (between_near (z s) (z s + (dot dw (input s) + db))); [assumption|].
    replace (z s + (dot dw (input s) + db) - z s) with (dot dw (input s) + db) by ring.
    eapply Rle_trans; [apply Rabs_triang|]. unfold dw. rewrite <- difference by assumption.
    pose proof (close_dot_bound r _ _ (input s) r_nonneg Hw). unfold close in Hb. unfold db. lra. }
  eapply Rle_trans; [|apply total_le; exact T]. rewrite !total_plus.
  replace (total (fun p => sign * D (fst p) * activation (z (fst p))) floors) with (sign * total (fun s => D s * activation (z s)) data)
    by (rewrite <- floors_data, total_map, <- total_scale; apply total_ext; intros; ring).
  replace (total (fun p => sign * D (fst p) * activation1 (z (fst p)) * e p) floors)
    with (sign * total (fun s => D s * activation1 (z s) * (dot dw (input s) + db)) data)
    by (rewrite <- floors_data, total_map, <- total_scale; apply total_ext; intros; unfold e; ring).
  replace (total (fun p => snd p / 2 * e p ^ 2) floors)
    with (/ 2 * total (fun p => snd p * (dot dw (input (fst p)) + db) ^ 2) floors)
    by (rewrite <- total_scale; apply total_ext; intros; unfold e; field).
  rewrite no_value, no_slope. pose proof (form dw db). lra.
Qed.

Theorem nothing_lower_in_fitted_box net net' :
  lift u v b sign net -> fitted_box r u sign net' -> loss activation data net <= loss activation data net'.
Proof.
  intros Hnet (l & Hl & Hunits & Hlast). apply not_better.
  rewrite (total_ext _ (fun s => D s * dot (last_weights net') (map (fun u' => activation (preactivation u' (input s))) l)
                                 + ((last_bias net' - b) * D s + - v * (D s * activation (z s))))).
  2:{ intros s _. rewrite !(lift_output activation u v b sign net) by assumption.
      unfold output. rewrite Hl. simpl. unfold layer_output, D, z. ring. }
  rewrite !total_plus, !total_scale, no_mean, no_value, total_dot_units.
  enough (0 <= dot (last_weights net') (map (fun u' => total (fun s => D s * activation (preactivation u' (input s))) data) l)) by lra.
  apply (dot_nonneg sign); [exact one_sign|exact Hlast|].
  rewrite Forall_map. revert Hunits. apply Forall_impl. intros u' Hu'. now apply unit_in_fitted_box.
Qed.

Theorem local_minimum_fitted net : 0 < r -> lift u v b sign net -> local_minimum activation data net.
Proof.
  intros Hr Hnet. pose proof Hnet as (l & Hl & Hunits & _ & Hpos & _).
  destruct (positive_margin (fun w => sign * w) (last_weights net) Hpos) as [m [Hm Hv]].
  exists (Rmin r m). split; [now apply Rmin_pos|]. intros net' (Hclose & Hlast & _).
  apply nothing_lower_in_fitted_box; [assumption|]. rewrite Hl in Hclose.
  inversion Hclose as [|? l' ? ? Hl' Hnil Heq1 Heq2]; subst. inversion Hnil; subst. exists l'. split; [now symmetry|]. split.
  - clear - Hl' Hunits. induction Hl' as [|u0 u' l l' [Hw Hb] Hl' IH]; constructor; inversion_clear Hunits as [|? ? Hu Hrest]; auto.
    subst u0. split; [apply (close_list_mono (Rmin r m)); [apply Rmin_l|exact Hw]|apply (close_mono (Rmin r m)); [apply Rmin_l|exact Hb]].
  - clear - Hlast Hv one_sign. induction Hlast as [|w w' ws ws' Hclose Hlast IH]; constructor; inversion_clear Hv as [|? ? Hw Hrest]; auto.
    unfold close in Hclose. apply Rabs_le_between in Hclose. pose proof (Rmin_r r m). destruct one_sign; subst; lra.
Qed.

End OneHiddenLayer.
