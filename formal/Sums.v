(** Sums over lists, and the first step of every proof: how the loss changes. *)

From Coq Require Import Reals List Lra Psatz.
From Minima Require Import Network.
Import ListNotations.
Open Scope R_scope.

Section Totals.
Context {A : Type}.
Implicit Types (f g : A -> R) (l : list A).

Lemma total_ext f g l : (forall a, In a l -> f a = g a) -> total f l = total g l.
Proof.
  induction l as [|a l IH]; simpl; intros H; [reflexivity|].
  rewrite (H a), IH; auto.
Qed.

Lemma total_le f g l : (forall a, In a l -> f a <= g a) -> total f l <= total g l.
Proof.
  induction l as [|a l IH]; simpl; intros H; [lra|].
  pose proof (H a (or_introl eq_refl)). assert (total f l <= total g l) by auto. lra.
Qed.

Lemma total_cons f a l : total f (a :: l) = f a + total f l.
Proof. reflexivity. Qed.

Lemma total_plus f g l : total (fun a => f a + g a) l = total f l + total g l.
Proof. induction l as [|a l IH]; simpl; [lra|]. rewrite IH. lra. Qed.

Lemma total_scale k f l : total (fun a => k * f a) l = k * total f l.
Proof. induction l as [|a l IH]; simpl; [lra|]. rewrite IH. lra. Qed.

Lemma total_zero l : total (fun _ => 0) l = 0.
Proof. induction l as [|a l IH]; simpl; lra. Qed.

Lemma total_nonneg f l : (forall a, In a l -> 0 <= f a) -> 0 <= total f l.
Proof. intros H. rewrite <- (total_zero l). now apply total_le. Qed.

Lemma total_member f l a : (forall b, In b l -> 0 <= f b) -> In a l -> f a <= total f l.
Proof.
  induction l as [|b l IH]; simpl; intros H; [contradiction|].
  intros [->|Hin].
  - assert (0 <= total f l) by (apply total_nonneg; auto). lra.
  - assert (f a <= total f l) by auto. pose proof (H b (or_introl eq_refl)). lra.
Qed.

Lemma total_app f l l' : total f (l ++ l') = total f l + total f l'.
Proof. induction l as [|a l IH]; simpl; [lra|]. rewrite IH. lra. Qed.

End Totals.

Lemma total_map {A B} (h : A -> B) (f : B -> R) l : total f (map h l) = total (fun a => f (h a)) l.
Proof. induction l as [|a l IH]; simpl; [reflexivity|]. now rewrite IH. Qed.

Lemma total_swap {A B} (f : A -> B -> R) l m :
  total (fun a => total (fun b => f a b) m) l = total (fun b => total (fun a => f a b) l) m.
Proof.
  induction l as [|a l IH]; simpl; [now rewrite total_zero|].
  now rewrite IH, <- total_plus.
Qed.

Lemma map_constant {A B} (b : B) (l : list A) : map (fun _ => b) l = repeat b (length l).
Proof. induction l as [|a l IH]; simpl; [reflexivity|]. now rewrite IH. Qed.

Lemma dot_nil_r w : dot w [] = 0.
Proof. now destruct w. Qed.

Lemma dot_scale k w x : dot (map (Rmult k) w) x = k * dot w x.
Proof.
  revert x; induction w as [|a w IH]; intros [|b x]; simpl; try lra.
  rewrite IH. lra.
Qed.

Lemma dot_zeros w x : Forall (fun a => a = 0) w -> dot w x = 0.
Proof.
  intros H; revert x; induction H as [|a w Ha H IH]; intros [|b x]; simpl; try lra.
  rewrite IH, Ha. lra.
Qed.

Lemma dot_repeat w n v : (length w <= n)%nat -> dot w (repeat v n) = sum w * v.
Proof.
  revert n; induction w as [|a w IH]; intros [|n] H; simpl in *; try lra; [inversion H|].
  rewrite IH by (apply le_S_n; exact H). unfold sum; simpl; lra.
Qed.

Lemma norm1_nonneg x : 0 <= norm1 x.
Proof. apply total_nonneg. intros; apply Rabs_pos. Qed.

Lemma dot_bound r w x : 0 <= r -> Forall (fun a => Rabs a <= r) w -> Rabs (dot w x) <= r * norm1 x.
Proof.
  intros Hr H; revert x; induction H as [|a w Ha H IH]; intros x.
  - simpl. rewrite Rabs_R0. apply Rmult_le_pos; [exact Hr|apply norm1_nonneg].
  - destruct x as [|b x]; simpl.
    + rewrite Rabs_R0. unfold norm1; simpl; lra.
    + eapply Rle_trans; [apply Rabs_triang|]. rewrite Rabs_mult. specialize (IH x).
      unfold norm1 in *; simpl. pose proof (Rabs_pos b).
      assert (Rabs a * Rabs b <= r * Rabs b) by (apply Rmult_le_compat_r; assumption). lra.
Qed.

(** dot over the units of a layer, as a sum *)
Lemma total_dot {A} (D : A -> R) (f : A -> list R) w (l : list A) :
  total (fun s => D s * dot w (f s)) l = dot w (map (fun j => total (fun s => D s * nth j (f s) 0) l) (seq 0 (length w))).
Proof.
  revert f; induction w as [|a w IH]; intros f; simpl.
  - transitivity (total (fun _ : A => 0) l); [apply total_ext; intros; lra|apply total_zero].
  - rewrite <- seq_shift, map_map.
    transitivity (a * total (fun s => D s * nth 0 (f s) 0) l + total (fun s => D s * dot w (tl (f s))) l).
    + rewrite <- total_scale, <- total_plus. apply total_ext. intros s _.
      destruct (f s); simpl; [rewrite dot_nil_r|]; lra.
    + rewrite (IH (fun s => tl (f s))). f_equal. f_equal. apply map_ext. intros j. apply total_ext. intros s _.
      destruct (f s) as [|y ys]; simpl; [|reflexivity]. now destruct j.
Qed.

Lemma total_dot_units {A B} (D : A -> R) (f : B -> A -> R) v (units : list B) (l : list A) :
  total (fun s => D s * dot v (map (fun u => f u s) units)) l
  = dot v (map (fun u => total (fun s => D s * f u s) l) units).
Proof.
  revert units; induction v as [|a v IH]; intros [|u units]; simpl;
    try (transitivity (total (fun _ : A => 0) l); [apply total_ext; intros; lra|apply total_zero]).
  rewrite <- IH, <- total_scale, <- total_plus. apply total_ext. intros; lra.
Qed.

Lemma dot_nonneg sign v y :
  sign = 1 \/ sign = -1 -> Forall (fun a => 0 <= sign * a) v -> Forall (fun b => 0 <= sign * b) y -> 0 <= dot v y.
Proof.
  intros Hs Hv; revert y; induction Hv as [|a v Ha Hv IH]; intros [|b y] Hy; simpl; try lra.
  inversion_clear Hy as [|? ? Hb Hy']. specialize (IH y Hy').
  assert (0 <= a * b) by (destruct Hs; subst; nra). lra.
Qed.

(** Finitely many positive numbers have a positive lower bound. *)
Lemma positive_margin {A} (f : A -> R) l : Forall (fun a => 0 < f a) l -> exists m, 0 < m /\ Forall (fun a => m <= f a) l.
Proof.
  induction 1 as [|a l Ha Hl [m [Hm IH]]]; [exists 1; split; [lra|constructor]|].
  exists (Rmin (f a) m). split; [now apply Rmin_pos|]. constructor; [apply Rmin_l|].
  revert IH. apply Forall_impl. intros b Hb. eapply Rle_trans; [apply Rmin_r|exact Hb].
Qed.

(** Lemma 1 of docs/mathematics.md (excess loss): a network is not better than [net] if the sum over the samples of
    the residual of [net] times the change of the output is not negative. *)
Lemma excess_loss activation data net net' :
  loss activation data net' - loss activation data net
  = 2 * total (fun s => (output activation net (input s) - target s)
                        * (output activation net' (input s) - output activation net (input s))) data
    + total (fun s => (output activation net' (input s) - output activation net (input s)) ^ 2) data.
Proof.
  match goal with |- ?l - ?m = ?r => enough (l = m + r) by lra end.
  unfold loss. rewrite <- total_scale, <- !total_plus. apply total_ext. intros; ring.
Qed.

Lemma not_better activation data net net' :
  0 <= total (fun s => (output activation net (input s) - target s)
                       * (output activation net' (input s) - output activation net (input s))) data ->
  loss activation data net <= loss activation data net'.
Proof.
  intros H. pose proof (excess_loss activation data net net') as E.
  assert (0 <= total (fun s => (output activation net' (input s) - output activation net (input s)) ^ 2) data)
    by (apply total_nonneg; intros; apply pow2_ge_0).
  lra.
Qed.
