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

(** Rounding, so that numbers stay short: entries go down to multiples of 1/d, and n/d is taken off the diagonal, which
    makes the form smaller. *)

Definition rounded (d : BinNums.positive) (q : Q) : Q := (Qnum q * Zpos d / Zpos (Qden q)) # d.

Lemma rounded_real d q : 0 <= Q2R q - Q2R (rounded d q) <= / IZR (Zpos d).
Proof.
  unfold rounded, Q2R. cbn [Qnum Qden].
  assert (Hd : 0 < IZR (Zpos d)) by now apply IZR_lt. assert (Hq : 0 < IZR (Zpos (Qden q))) by now apply IZR_lt.
  set (n := (Qnum q * Zpos d)%Z). set (b := Zpos (Qden q)) in *.
  pose proof (Z.div_mod n b ltac:(discriminate)) as E. pose proof (Z.mod_pos_bound n b ltac:(reflexivity)) as [Hm1 Hm2].
  assert (E' : IZR (Qnum q) * IZR (Zpos d) = IZR b * IZR (n / b) + IZR (n mod b)).
  { rewrite <- !mult_IZR, <- plus_IZR. now f_equal. }
  apply IZR_le in Hm1. apply IZR_lt in Hm2.
  replace (IZR (Qnum q) * / IZR b - IZR (n / b) * / IZR (Z.pos d)) with (IZR (n mod b) * (/ IZR b * / IZR (Zpos d))).
  - assert (0 < / IZR b) by now apply Rinv_0_lt_compat. assert (0 < / IZR (Zpos d)) by now apply Rinv_0_lt_compat. split.
    + apply Rmult_le_pos; [lra|apply Rmult_le_pos; lra].
    + apply Rle_trans with (IZR b * (/ IZR b * / IZR (Zpos d))); [|right; field; lra].
      apply Rmult_le_compat_r; [apply Rmult_le_pos; lra|lra].
  - replace (IZR (n mod b)) with (IZR (Qnum q) * IZR (Zpos d) - IZR b * IZR (n / b)) by lra. field. lra.
Qed.

Fixpoint rounded_form (d : BinNums.positive) (n : nat) (f : form) : form :=
  match f with
  | [] => []
  | (a, b) :: f' => (rounded d (a - (Z.of_nat n # d)), map (rounded d) b) :: rounded_form d n f'
  end.

Fixpoint triangular (f : form) : bool :=
  match f with
  | [] => true
  | (_, b) :: f' => Nat.leb (length b) (length f') && triangular f'
  end.

(** The squares of the entries of w that the form uses. *)
Fixpoint used (f : form) (w : list R) : R := match f, w with _ :: f', x :: w' => x ^ 2 + used f' w' | _, _ => 0 end.

Lemma used_nonneg f : forall w, 0 <= used f w.
Proof. induction f as [|r f IH]; intros [|x w]; simpl; try lra. pose proof (pow2_ge_0 x). specialize (IH w). simpl in *. lra. Qed.

Lemma rounded_row d x b : forall (f : form) w, (length b <= length f)%nat ->
  2 * x * dot (reals (map (rounded d) b)) w
  <= 2 * x * dot (reals b) w + / IZR (Zpos d) * (INR (length b) * x ^ 2 + used f w).
Proof.
  assert (Hd : 0 < / IZR (Zpos d)) by (apply Rinv_0_lt_compat; now apply IZR_lt).
  induction b as [|q b IH]; intros f w H.
  - simpl dot. pose proof (used_nonneg f w). assert (0 <= / IZR (Zpos d) * used f w) by (apply Rmult_le_pos; lra).
    change (length (@nil Q)) with O. simpl INR. lra.
  - destruct f as [|r f]; [inversion H|]. cbn [length] in *. rewrite S_INR. pose proof (pow2_ge_0 x).
    destruct w as [|y w]; cbn [map reals dot used].
    + pose proof (pos_INR (length b)). assert (0 <= / IZR (Zpos d) * ((INR (length b) + 1) * x ^ 2 + 0))
        by (apply Rmult_le_pos; [lra|]; assert (0 <= (INR (length b) + 1) * x ^ 2) by (apply Rmult_le_pos; lra); lra). lra.
    + specialize (IH f w ltac:(now apply le_S_n)). unfold reals in *. destruct (rounded_real d q) as [H1 H2].
      set (e := Q2R q - Q2R (rounded d q)) in *. replace (Q2R (rounded d q)) with (Q2R q - e) by (unfold e; ring).
      assert (- (2 * x * y * e) <= / IZR (Zpos d) * (x ^ 2 + y ^ 2)).
      { assert (0 <= (x + y) ^ 2) by apply pow2_ge_0. assert (0 <= x ^ 2 + y ^ 2) by (pose proof (pow2_ge_0 y); lra).
        apply Rle_trans with (e * (x ^ 2 + y ^ 2)); [nra|]. apply Rmult_le_compat_r; lra. }
      lra.
Qed.

Lemma rounded_form_value d n f : forall w, triangular f = true ->
  form_value (rounded_form d n f) w + / IZR (Zpos d) * ((INR n + 1 - INR (length f)) * used f w) <= form_value f w.
Proof.
  assert (Hd : 0 < / IZR (Zpos d)) by (apply Rinv_0_lt_compat; now apply IZR_lt).
  induction f as [|[a b] f IH]; intros [|x w] H; cbn [rounded_form form_value used]; try lra.
  cbn [triangular] in H. apply andb_prop in H. destruct H as [Hb H]. apply Nat.leb_le in Hb. specialize (IH w H).
  pose proof (rounded_row d x b f w Hb) as Hrow.
  destruct (rounded_real d (a - (Z.of_nat n # d))) as [Ha _]. rewrite Q2R_minus in Ha.
  assert (En : Q2R (Z.of_nat n # d) = INR n * / IZR (Zpos d)) by (unfold Q2R; simpl; now rewrite <- INR_IZR_INZ).
  rewrite En in Ha. cbn [length]. rewrite S_INR. set (r := / IZR (Zpos d)) in *. pose proof (pow2_ge_0 x) as Hx.
  assert (Q2R (rounded d (a - (Z.of_nat n # d))) * x ^ 2 <= (Q2R a - INR n * r) * x ^ 2) by (apply Rmult_le_compat_r; lra).
  apply le_INR in Hb. assert (r * (INR (length b) * x ^ 2) <= r * (INR (length f) * x ^ 2))
    by (apply Rmult_le_compat_l; [lra|apply Rmult_le_compat_r; lra]).
  lra.
Qed.

Lemma rounded_form_smaller d f w : triangular f = true -> form_value (rounded_form d (length f) f) w <= form_value f w.
Proof.
  intros H. pose proof (rounded_form_value d (length f) f w H) as E.
  assert (0 <= / IZR (Zpos d) * ((INR (length f) + 1 - INR (length f)) * used f w)).
  { apply Rmult_le_pos; [apply Rlt_le, Rinv_0_lt_compat; now apply IZR_lt|]. pose proof (used_nonneg f w). apply Rmult_le_pos; lra. }
  lra.
Qed.

(** Gaussian elimination with positive pivots, rounded to multiples of 1/d after each step *)
Fixpoint positive_form (d : BinNums.positive) (steps : nat) (f : form) : bool :=
  match steps, f with
  | _, [] => true
  | O, _ => false
  | S steps', (a, b) :: f' =>
      let rest := add_forms f' (square (Qred (- / a)) b) in
      positive a && triangular rest && positive_form d steps' (rounded_form d (length rest) rest)
  end.

Lemma positive_form_value d steps : forall f w, positive_form d steps f = true -> 0 <= form_value f w.
Proof.
  induction steps as [|steps IH]; intros [|[a b] f] w H; cbn [positive_form] in H; try discriminate; try (simpl; lra).
  apply andb_prop in H. destruct H as [H Hrest]. apply andb_prop in H. destruct H as [Ha Htri].
  destruct w as [|x w]; cbn [form_value]; [lra|].
  apply positive_real in Ha. specialize (IH _ w Hrest). pose proof (rounded_form_smaller d _ w Htri) as Hsmall.
  rewrite add_value, square_value, real_red, Q2R_opp in Hsmall.
  rewrite Q2R_inv in Hsmall by (intros E; apply Qeq_eqR in E; rewrite real_zero in E; lra).
  set (p := dot (reals b) w) in *. set (r := Q2R a) in *.
  replace (r * x ^ 2 + 2 * x * p + form_value f w) with (r * (x + p / r) ^ 2 + (form_value f w + - / r * p ^ 2)) by (field; lra).
  pose proof (pow2_ge_0 (x + p / r)). assert (0 <= r * (x + p / r) ^ 2) by (apply Rmult_le_pos; lra). lra.
Qed.
