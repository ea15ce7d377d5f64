(** Computing with exact rational data: sums, and whether a quadratic form is positive. *)

From Coq Require Import Reals QArith Qreals List Lra Psatz Bool.
From Minima Require Import Network Sums.
Import ListNotations.
Open Scope R_scope.

Definition plus (a b : Q) : Q := Qred (a + b).
Definition times (a b : Q) : Q := Qred (a * b).
Definition minus (a b : Q) : Q := Qred (a - b).

Lemma real_red q : Q2R (Qred q) = Q2R q.
Proof. apply Qeq_eqR, Qred_correct. Qed.

Lemma real_plus a b : Q2R (plus a b) = Q2R a + Q2R b.
Proof. unfold plus. rewrite real_red. apply Q2R_plus. Qed.

Lemma real_times a b : Q2R (times a b) = Q2R a * Q2R b.
Proof. unfold times. rewrite real_red. apply Q2R_mult. Qed.

Lemma real_minus a b : Q2R (minus a b) = Q2R a - Q2R b.
Proof. unfold minus. rewrite real_red. apply Q2R_minus. Qed.

Lemma real_zero : Q2R 0 = 0.
Proof. unfold Q2R; simpl; lra. Qed.

Lemma real_one : Q2R 1 = 1.
Proof. unfold Q2R; simpl; lra. Qed.

Definition positive (q : Q) : bool := (0 <? Qnum q)%Z.
Definition at_most (a b : Q) : bool := Qle_bool a b.

Lemma positive_real q : positive q = true -> 0 < Q2R q.
Proof.
  unfold positive, Q2R. intros H. apply Z.ltb_lt in H. apply Rmult_lt_0_compat; [now apply IZR_lt|].
  apply Rinv_0_lt_compat. now apply IZR_lt.
Qed.

Lemma at_most_real a b : at_most a b = true -> Q2R a <= Q2R b.
Proof. intros H. apply Qle_Rle. now apply Qle_bool_iff. Qed.

Lemma equal_real a b : Qeq_bool a b = true -> Q2R a = Q2R b.
Proof. intros H. apply Qeq_eqR. now apply Qeq_bool_iff. Qed.

Definition reals (l : list Q) : list R := map Q2R l.

(** ** Sums *)

Definition total_of {A} (f : A -> Q) (l : list A) : Q := fold_right (fun a sum => plus (f a) sum) 0%Q l.

Lemma real_total {A} (f : A -> Q) l : Q2R (total_of f l) = total (fun a => Q2R (f a)) l.
Proof. induction l as [|a l IH]; simpl; [apply real_zero|]. now rewrite real_plus, IH. Qed.

Fixpoint dot_of (a b : list Q) : Q :=
  match a, b with
  | x :: a', y :: b' => plus (times x y) (dot_of a' b')
  | _, _ => 0%Q
  end.

Lemma real_dot a : forall b, Q2R (dot_of a b) = dot (reals a) (reals b).
Proof.
  induction a as [|x a IH]; intros [|y b]; simpl; try apply real_zero.
  now rewrite real_plus, real_times, IH.
Qed.

Definition norm1_of (a : list Q) : Q := total_of Qabs.Qabs a.

Lemma real_abs q : Q2R (Qabs.Qabs q) = Rabs (Q2R q).
Proof.
  destruct q as [n d]. unfold Q2R; simpl. rewrite abs_IZR, Rabs_mult. f_equal. symmetry. apply Rabs_right.
  apply Rle_ge, Rlt_le, Rinv_0_lt_compat. now apply IZR_lt.
Qed.

Lemma real_norm1 a : Q2R (norm1_of a) = norm1 (reals a).
Proof. unfold norm1_of, norm1, reals. rewrite real_total, total_map. apply total_ext. intros; apply real_abs. Qed.

Definition add (a b : list Q) : list Q :=
  (fix add a b := match a, b with [], _ => b | _, [] => a | x :: a', y :: b' => plus x y :: add a' b' end) a b.

Lemma dot_add a : forall b w, dot (reals (add a b)) w = dot (reals a) w + dot (reals b) w.
Proof.
  induction a as [|x a IH]; intros [|y b] w; simpl; try lra.
  destruct w as [|z w]; simpl; [lra|].
  rewrite real_plus. change (map Q2R) with reals. fold (add a b). rewrite IH. lra.
Qed.

Definition scale (k : Q) (a : list Q) : list Q := map (times k) a.

Lemma dot_scale_of k a w : dot (reals (scale k a)) w = Q2R k * dot (reals a) w.
Proof.
  unfold scale, reals. rewrite map_map. rewrite (map_ext _ (fun x => Q2R k * Q2R x)) by (intros; apply real_times).
  rewrite <- (map_map Q2R (Rmult (Q2R k))). apply dot_scale.
Qed.

Lemma dot_comm a : forall b, dot a b = dot b a.
Proof. induction a as [|x a IH]; intros [|y b]; simpl; try reflexivity. rewrite IH. ring. Qed.

(** The sum of the vectors k_s x_s is 0 in every entry; then so is the sum of k_s (w . x_s) for every w. *)
Definition sum_vanishes {A} (k : A -> Q) (x : A -> list Q) (l : list A) : bool :=
  forallb (fun q => Qeq_bool q 0) (fold_right (fun s sum => add (scale (k s) (x s)) sum) [] l).

Lemma vanishing_sum {A} (k : A -> Q) (x : A -> list Q) l w :
  sum_vanishes k x l = true -> total (fun s => Q2R (k s) * dot w (reals (x s))) l = 0.
Proof.
  unfold sum_vanishes. intros H.
  transitivity (dot (reals (fold_right (fun s sum => add (scale (k s) (x s)) sum) [] l)) w).
  - clear H. induction l as [|s l IH]; simpl; [reflexivity|]. rewrite dot_add, dot_scale_of, IH. now rewrite (dot_comm w).
  - apply dot_zeros. unfold reals. rewrite Forall_map, Forall_forall. intros q Hq. rewrite forallb_forall in H.
    rewrite (equal_real _ _ (H q Hq)). apply real_zero.
Qed.

(** ** Quadratic forms, by the rows of an upper triangle: (m_jj, [m_jk for k > j]) *)

Definition form := list (Q * list Q).

Fixpoint form_value (f : form) (w : list R) : R :=
  match f, w with
  | (a, b) :: f', x :: w' => Q2R a * x ^ 2 + 2 * x * dot (reals b) w' + form_value f' w'
  | _, _ => 0
  end.

(** k (x . w)^2 *)
Fixpoint square (k : Q) (x : list Q) : form :=
  match x with
  | [] => []
  | a :: x' => (times k (times a a), scale (times k a) x') :: square k x'
  end.

Lemma square_value k x : forall w, form_value (square k x) w = Q2R k * dot (reals x) w ^ 2.
Proof.
  induction x as [|a x IH]; intros [|b w]; simpl; try ring.
  rewrite IH, dot_scale_of, !real_times. change (map Q2R x) with (reals x). ring.
Qed.

Fixpoint add_forms (f g : form) : form :=
  match f, g with
  | [], _ => g
  | _, [] => f
  | (a, b) :: f', (c, d) :: g' => (plus a c, add b d) :: add_forms f' g'
  end.

Lemma add_value f : forall g w, form_value (add_forms f g) w = form_value f w + form_value g w.
Proof.
  induction f as [|[a b] f IH]; intros [|[c d] g] w; simpl; try (destruct w; simpl; lra).
  destruct w as [|x w]; simpl; [lra|]. rewrite IH, real_plus, dot_add. ring.
Qed.

Definition moment {A} (k : A -> Q) (x : A -> list Q) (l : list A) : form :=
  fold_right (fun s f => add_forms (square (k s) (x s)) f) [] l.

Lemma moment_value {A} (k : A -> Q) (x : A -> list Q) l w :
  form_value (moment k x l) w = total (fun s => Q2R (k s) * dot w (reals (x s)) ^ 2) l.
Proof. induction l as [|s l IH]; simpl; [reflexivity|]. now rewrite add_value, square_value, IH, (dot_comm w). Qed.

(** m times the sum of the first n squares *)
Fixpoint diagonal (m : Q) (n : nat) : form := match n with O => [] | S n' => (m, []) :: diagonal m n' end.

Lemma diagonal_value m n : forall w, (length w <= n)%nat -> form_value (diagonal m n) w = Q2R m * total (fun a => a ^ 2) w.
Proof.
  induction n as [|n IH]; intros [|x w] H; simpl in *; try lra; [inversion H|].
  rewrite IH by (apply le_S_n; exact H). ring.
Qed.

(** Gaussian elimination with positive pivots *)
Fixpoint positive_form (steps : nat) (f : form) : bool :=
  match steps, f with
  | _, [] => true
  | O, _ => false
  | S steps', (a, b) :: f' => positive a && positive_form steps' (add_forms f' (square (Qred (- / a)) b))
  end.

Lemma positive_form_value steps : forall f w, positive_form steps f = true -> 0 <= form_value f w.
Proof.
  induction steps as [|steps IH]; intros [|[a b] f] w H; cbn [positive_form] in H; try discriminate; try (simpl; lra).
  apply andb_prop in H. destruct H as [Ha H]. destruct w as [|x w]; cbn [form_value]; [lra|].
  apply positive_real in Ha. specialize (IH _ w H). rewrite add_value, square_value, real_red, Q2R_opp in IH.
  rewrite Q2R_inv in IH by (intros E; apply Qeq_eqR in E; rewrite real_zero in E; lra).
  set (p := dot (reals b) w) in *. set (r := Q2R a) in *.
  replace (r * x ^ 2 + 2 * x * p + form_value f w) with (r * (x + p / r) ^ 2 + (form_value f w + - / r * p ^ 2)) by (field; lra).
  pose proof (pow2_ge_0 (x + p / r)). assert (0 <= r * (x + p / r) ^ 2) by (apply Rmult_le_pos; lra). lra.
Qed.
