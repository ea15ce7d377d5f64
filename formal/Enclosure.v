(** Bounds of functions over intervals, by interval arithmetic (of the Interval library, on integers of Coq). *)

From Coquelicot Require Import Coquelicot.
From Coq Require Import ZArith Reals QArith Qreals List Lra Psatz Bool.
From Interval Require Import Real.Xreal Interval.Interval Interval.Float Interval.Float_full Float.Basic Float.Specific_ops
  Float.Specific_stdz.
From Minima Require Import Network Sums Taylor Rational.
Import ListNotations.
Open Scope R_scope.

Module F := SpecificFloat StdZRadix2.
Module I := FloatIntervalFull F.

Definition precision : F.precision := F.PtoP 60.

(** [i] encloses [x]. *)
Definition encloses (i : I.type) (x : R) : Prop := contains (I.convert i) (Xreal x).

(** ** Expressions in one variable *)

Inductive expression :=
  | X
  | Integer (n : Z)
  | Minus (e : expression)
  | Plus (e f : expression)
  | Times (e f : expression)
  | Over (e f : expression)
  | Exp (e : expression)
  | Ln (e : expression)
  | Atan (e : expression)
  | Sin (e : expression)
  | Cos (e : expression).

Fixpoint evaluate (e : expression) (x : R) : R :=
  match e with
  | X => x
  | Integer n => IZR n
  | Minus e => - evaluate e x
  | Plus e f => evaluate e x + evaluate f x
  | Times e f => evaluate e x * evaluate f x
  | Over e f => evaluate e x / evaluate f x
  | Exp e => exp (evaluate e x)
  | Ln e => ln (evaluate e x)
  | Atan e => atan (evaluate e x)
  | Sin e => sin (evaluate e x)
  | Cos e => cos (evaluate e x)
  end.

Fixpoint enclose (e : expression) (i : I.type) : I.type :=
  match e with
  | X => i
  | Integer n => I.fromZ precision n
  | Minus e => I.neg (enclose e i)
  | Plus e f => I.add precision (enclose e i) (enclose f i)
  | Times e f => I.mul precision (enclose e i) (enclose f i)
  | Over e f => I.div precision (enclose e i) (enclose f i)
  | Exp e => I.exp precision (enclose e i)
  | Ln e => I.ln precision (enclose e i)
  | Atan e => I.atan precision (enclose e i)
  | Sin e => I.sin precision (enclose e i)
  | Cos e => I.cos precision (enclose e i)
  end.

Lemma nan_encloses i x : contains i Xnan -> contains i (Xreal x).
Proof. destruct i; simpl; tauto. Qed.

Lemma encloses_div i j x y : encloses i x -> encloses j y -> encloses (I.div precision i j) (x / y).
Proof.
  intros Hx Hy. pose proof (I.div_correct precision i j (Xreal x) (Xreal y) Hx Hy) as H.
  simpl in H. unfold Xdiv' in H. destruct (is_zero y); [now apply nan_encloses|exact H].
Qed.

Lemma encloses_ln i x : encloses i x -> encloses (I.ln precision i) (ln x).
Proof.
  intros Hx. pose proof (I.ln_correct precision i (Xreal x) Hx) as H.
  simpl in H. unfold Xln' in H. destruct (is_positive x); [exact H|now apply nan_encloses].
Qed.

Lemma encloses_add i j x y : encloses i x -> encloses j y -> encloses (I.add precision i j) (x + y).
Proof. apply (I.add_correct precision i j (Xreal x) (Xreal y)). Qed.

Lemma encloses_sub i j x y : encloses i x -> encloses j y -> encloses (I.sub precision i j) (x - y).
Proof. apply (I.sub_correct precision i j (Xreal x) (Xreal y)). Qed.

Lemma encloses_mul i j x y : encloses i x -> encloses j y -> encloses (I.mul precision i j) (x * y).
Proof. apply (I.mul_correct precision i j (Xreal x) (Xreal y)). Qed.

Lemma encloses_integer n : encloses (I.fromZ precision n) (IZR n).
Proof. apply I.fromZ_correct. Qed.

Lemma enclose_correct e i x : encloses i x -> encloses (enclose e i) (evaluate e x).
Proof.
  intros Hx. induction e; simpl.
  - exact Hx.
  - apply encloses_integer.
  - now apply (I.neg_correct _ (Xreal _)).
  - now apply encloses_add.
  - now apply encloses_mul.
  - now apply encloses_div.
  - now apply (I.exp_correct precision _ (Xreal _)).
  - now apply encloses_ln.
  - now apply (I.atan_correct precision _ (Xreal _)).
  - now apply (I.sin_correct precision _ (Xreal _)).
  - now apply (I.cos_correct precision _ (Xreal _)).
Qed.

Definition rational (q : Q) : I.type := I.div precision (I.fromZ precision (Qnum q)) (I.fromZ precision (Zpos (Qden q))).

Lemma encloses_rational q : encloses (rational q) (Q2R q).
Proof. apply encloses_div; apply encloses_integer. Qed.

(** ** Signs *)

Definition nonnegative (i : I.type) : bool := match I.sign_large i with Xgt | Xeq => true | _ => false end.
Definition strictly_positive (i : I.type) : bool := match I.sign_strict i with Xgt => true | _ => false end.

Lemma nonnegative_correct i x : nonnegative i = true -> encloses i x -> 0 <= x.
Proof.
  unfold nonnegative. pose proof (I.sign_large_correct i) as H. destruct (I.sign_large i); try discriminate; intros _ Hx.
  - specialize (H _ Hx). injection H as ->. lra.
  - now destruct (H _ Hx) as [_ H0].
Qed.

Lemma strictly_positive_correct i x : strictly_positive i = true -> encloses i x -> 0 < x.
Proof.
  unfold strictly_positive. pose proof (I.sign_strict_correct i) as H. destruct (I.sign_strict i); try discriminate.
  intros _ Hx. now destruct (H _ Hx) as [_ H0].
Qed.

(** ** Over a whole interval *)

Definition span (lo hi : option Q) : I.type :=
  match lo, hi with
  | Some a, Some b => I.join (rational a) (rational b)
  | Some a, None => I.upper_extent (rational a)
  | None, Some b => I.lower_extent (rational b)
  | None, None => I.whole
  end.

Definition within (lo hi : option Q) (x : R) : Prop :=
  match lo with Some a => Q2R a <= x | None => True end /\ match hi with Some b => x <= Q2R b | None => True end.

Lemma span_correct lo hi x : within lo hi x -> encloses (span lo hi) x.
Proof.
  unfold within, span. destruct lo as [a|], hi as [b|]; intros [Ha Hb].
  - apply (contains_connected _ (Q2R a) (Q2R b)); [| |lra];
      apply I.join_correct; [left|right]; apply encloses_rational.
  - apply I.upper_extent_correct with (2 := Ha). apply encloses_rational.
  - apply I.lower_extent_correct with (2 := Hb). apply encloses_rational.
  - apply I.whole_correct.
Qed.

(** [test] succeeds on the interval, or on pieces of it that are bisected up to [depth] times. (Not written with && and
    ||, of which Coq's machine would compute both sides.) *)
Fixpoint everywhere (test : option Q -> option Q -> bool) (depth : nat) (lo hi : option Q) : bool :=
  if test lo hi then true
  else match depth, lo, hi with
       | S depth', Some a, Some b =>
           let m := Qred ((a + b) / 2) in
           if everywhere test depth' lo (Some m) then everywhere test depth' (Some m) hi else false
       | _, _, _ => false
       end.

Lemma everywhere_correct test depth : forall lo hi x,
  everywhere test depth lo hi = true -> within lo hi x -> exists lo' hi', within lo' hi' x /\ test lo' hi' = true.
Proof.
  induction depth as [|depth IH]; intros lo hi x H Hx; cbn [everywhere] in H;
    destruct (test lo hi) eqn:Et; try (exists lo, hi; split; [exact Hx|exact Et]); try discriminate.
  destruct lo as [a|], hi as [b|]; try discriminate.
  destruct (everywhere test depth (Some a) _) eqn:Hleft; [|discriminate]. destruct Hx as [Ha Hb].
  destruct (Rle_dec x (Q2R (Qred ((a + b) / 2)))) as [Hm|Hm].
  - apply (IH _ _ x Hleft). now split.
  - apply (IH _ _ x H). split; [now apply Rlt_le, Rnot_le_lt|exact Hb].
Qed.

(** A bound of [e], whose derivative is [d]: by the values of [e] on the whole interval, or by the mean value theorem
    from its middle, which is sharper on short intervals. *)
Definition bounded_below (e d : expression) (bound : I.type) (lo hi : option Q) : bool :=
  let i := span lo hi in
  if nonnegative (I.sub precision (enclose e i) bound) then true
  else match lo, hi with
       | Some a, Some b =>
           let m := rational (Qred ((a + b) / 2)) in
           nonnegative (I.sub precision
             (I.add precision (enclose e m) (I.mul precision (enclose d i) (I.sub precision i m))) bound)
       | _, _ => false
       end.

Lemma bounded_below_correct e d bound q lo hi x :
  (forall t, is_derive (evaluate e) t (evaluate d t)) -> encloses bound q ->
  bounded_below e d bound lo hi = true -> within lo hi x -> q <= evaluate e x.
Proof.
  intros Hd Hq H Hx. unfold bounded_below in H.
  destruct (nonnegative (I.sub precision (enclose e (span lo hi)) bound)) eqn:E0; [clear H; rename E0 into H|clear E0].
  - apply (nonnegative_correct _ (evaluate e x - q)) in H; [lra|].
    apply encloses_sub; [now apply enclose_correct, span_correct|exact Hq].
  - destruct lo as [a|], hi as [b|]; try discriminate.
    set (m := Qred ((a + b) / 2)) in *. destruct Hx as [Ha Hb].
    assert (Hm : Q2R m = (Q2R a + Q2R b) / 2).
    { unfold m. rewrite real_red. unfold Qdiv. rewrite Q2R_mult, Q2R_plus. replace (Q2R (/ 2)) with (/ 2); [reflexivity|].
      unfold Q2R. simpl. lra. }
    destruct (mean_value (evaluate e) (evaluate d) (Q2R m) x (fun t _ => Hd t)) as [t [Ht E]].
    assert (Hin : within (Some a) (Some b) t).
    { revert Ht. unfold between, within, Rmin, Rmax. destruct (Rle_dec (Q2R m) x); lra. }
    apply (nonnegative_correct _ (evaluate e (Q2R m) + evaluate d t * (x - Q2R m) - q)) in H; [lra|].
    apply encloses_sub; [|exact Hq]. apply encloses_add; [apply enclose_correct, encloses_rational|].
    apply encloses_mul; [now apply enclose_correct, span_correct|]. apply encloses_sub; [|apply encloses_rational].
    apply span_correct. now split.
Qed.

Definition least (depth : nat) (e d : expression) (bound : Q) (lo hi : option Q) : bool :=
  everywhere (bounded_below e d (rational bound)) depth lo hi.

Lemma least_correct depth e d bound lo hi x :
  (forall t, is_derive (evaluate e) t (evaluate d t)) ->
  least depth e d bound lo hi = true -> within lo hi x -> Q2R bound <= evaluate e x.
Proof.
  unfold least. intros Hd H Hx. destruct (everywhere_correct _ _ _ _ _ H Hx) as (lo' & hi' & Hin & Ht).
  exact (bounded_below_correct e d _ _ lo' hi' x Hd (encloses_rational bound) Ht Hin).
Qed.

Definition greatest (depth : nat) (e d : expression) (bound : Q) (lo hi : option Q) : bool :=
  least depth (Minus e) (Minus d) (Qopp bound) lo hi.

Lemma greatest_correct depth e d bound lo hi x :
  (forall t, is_derive (evaluate e) t (evaluate d t)) ->
  greatest depth e d bound lo hi = true -> within lo hi x -> evaluate e x <= Q2R bound.
Proof.
  unfold greatest. intros Hd H Hx. apply (least_correct depth (Minus e) (Minus d)) with (2 := H) in Hx.
  - rewrite Q2R_opp in Hx. simpl in Hx. lra.
  - intros t. simpl. apply (is_derive_opp (V := R_NormedModule)), Hd.
Qed.
