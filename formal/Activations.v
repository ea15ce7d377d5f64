(** The activations that an instance may have, their derivatives, and expressions that enclose them. *)

From Coquelicot Require Import Coquelicot.
From Coq Require Import ZArith Reals List Lra Psatz.
From Minima Require Import Taylor Enclosure.
Open Scope R_scope.

Definition sigmoid (z : R) : R := 1 / (1 + exp (- z)).
Definition tanh (z : R) : R := (exp z - exp (- z)) / (exp z + exp (- z)).
Definition softplus (z : R) : R := ln (1 + exp z).
Definition arctan (z : R) : R := atan z.
Definition exponential (z : R) : R := exp z.
Definition silu (z : R) : R := z / (1 + exp (- z)).
Definition square (z : R) : R := z ^ 2.
Definition sine (z : R) : R := sin z.
Definition cosine (z : R) : R := cos z.
Definition gaussian (z : R) : R := exp (- z ^ 2).
Definition sinh (z : R) : R := (exp z - exp (- z)) / 2.
Definition cosh (z : R) : R := (exp z + exp (- z)) / 2.

(** An activation with what is known of it: expressions for itself and for its first three derivatives. *)
Record smooth (activation : R -> R) := Smooth {
  value_of : expression;
  first_of : expression;
  second_of : expression;
  third_of : expression;
  value_correct : forall z, evaluate value_of z = activation z;
  first_correct : forall z, is_derive activation z (evaluate first_of z);
  second_correct : forall z, is_derive (evaluate first_of) z (evaluate second_of z);
  third_correct : forall z, is_derive (evaluate second_of) z (evaluate third_of z)
}.

Arguments value_of {activation}.
Arguments first_of {activation}.
Arguments second_of {activation}.
Arguments value_correct {activation}.
Arguments first_correct {activation}.
Arguments second_correct {activation}.
Arguments third_of {activation}.
Arguments third_correct {activation}.

Declare Scope expression_scope.
Delimit Scope expression_scope with expression.
Infix "+" := Plus : expression_scope.
Infix "*" := Times : expression_scope.
Infix "/" := Over : expression_scope.
Notation "- e" := (Minus e) : expression_scope.
Notation "e - f" := (Plus e (Minus f)) : expression_scope.
Notation "1" := (Integer 1) : expression_scope.
Notation "2" := (Integer 2) : expression_scope.
Bind Scope expression_scope with expression.

Ltac positive_exps :=
  repeat match goal with
  | |- context [exp ?z] => lazymatch goal with H : 0 < exp z |- _ => fail | _ => pose proof (exp_pos z) end
  end.

(** Derivatives by rules, then algebra: every exponential is written with the same one, e. *)
Ltac derive := intros z; simpl; auto_derive; [repeat split; positive_exps; try nra; auto|].

Open Scope expression_scope.

Definition s_of := 1 / (1 + Exp (- X)).

Definition smooth_sigmoid : smooth sigmoid.
Proof.
  refine (Smooth sigmoid s_of (s_of * (1 - s_of)) ((s_of * (1 - s_of)) * (1 - 2 * s_of))
            ((s_of * (1 - s_of)) * ((1 - 2 * s_of) * (1 - 2 * s_of) - 2 * (s_of * (1 - s_of)))) _ _ _ _); unfold sigmoid.
  - reflexivity.
  - derive. field. positive_exps. lra.
  - derive. field. positive_exps. lra.
  - derive. field. positive_exps. lra.
Defined.

Definition smooth_silu : smooth silu.
Proof.
  refine (Smooth silu (X * s_of) (s_of * (1 + X * (1 - s_of)))
            ((s_of * (1 - s_of)) * (2 + X * (1 - 2 * s_of)))
            ((s_of * (1 - s_of)) * ((1 - 2 * s_of) * (2 + 1 + X * (1 - 2 * s_of)) - 2 * X * (s_of * (1 - s_of)))) _ _ _ _); unfold silu.
  - intros z. simpl. field. positive_exps. lra.
  - derive. field. positive_exps. lra.
  - derive. field. positive_exps. lra.
  - derive. field. positive_exps. lra.
Defined.

Definition smooth_softplus : smooth softplus.
Proof.
  refine (Smooth softplus (Ln (1 + Exp X)) s_of (s_of * (1 - s_of))
            ((s_of * (1 - s_of)) * (1 - 2 * s_of)) _ _ _ _); unfold softplus.
  - reflexivity.
  - derive. rewrite exp_Ropp. field. positive_exps. repeat split; lra.
  - derive. field. positive_exps. lra.
  - derive. field. positive_exps. lra.
Defined.

Definition t_of := 1 - 2 / (1 + Exp (2 * X)).

Lemma tanh_t z : evaluate t_of z = tanh z.
Proof.
  unfold tanh. simpl. replace (2 * z)%R with (z + z)%R by ring. rewrite exp_plus, exp_Ropp. field. positive_exps.
  repeat split; try nra.
Qed.

Definition smooth_tanh : smooth tanh.
Proof.
  refine (Smooth tanh t_of (1 - t_of * t_of) (- (2 * t_of) * (1 - t_of * t_of))
            ((1 - t_of * t_of) * (2 * (2 * t_of * t_of) - 2 * (1 - t_of * t_of))) _ _ _ _).
  - exact tanh_t.
  - intros z. apply (is_derive_ext (evaluate t_of)); [exact tanh_t|]. revert z. derive. field. positive_exps. lra.
  - derive. field. positive_exps. lra.
  - derive. field. positive_exps. lra.
Defined.

Definition smooth_arctan : smooth arctan.
Proof.
  refine (Smooth arctan (Atan X) (1 / (1 + X * X)) (- (2 * X) / ((1 + X * X) * (1 + X * X)))
            ((Integer 6 * X * X - 2) / ((1 + X * X) * (1 + X * X) * (1 + X * X))) _ _ _ _); unfold arctan.
  - reflexivity.
  - intros z. apply is_derive_ext with (f := atan); [reflexivity|]. simpl.
    replace (1 / (1 + z * z))%R with (/ (1 + Rsqr z))%R by (unfold Rsqr; field; nra). apply is_derive_atan.
  - derive. field. nra.
  - derive. field. nra.
Defined.

Definition smooth_exponential : smooth exponential.
Proof.
  refine (Smooth exponential (Exp X) (Exp X) (Exp X)
            (Exp X) _ _ _ _); unfold exponential.
  - reflexivity.
  - derive. ring.
  - derive. ring.
  - derive. ring.
Defined.

Definition smooth_square : smooth square.
Proof.
  refine (Smooth square (X * X) (2 * X) 2
            (Integer 0) _ _ _ _); unfold square.
  - intros z; simpl; ring.
  - derive. ring.
  - derive. ring.
  - derive. ring.
Defined.

Definition smooth_sine : smooth sine.
Proof.
  refine (Smooth sine (Sin X) (Cos X) (- Sin X)
            (- Cos X) _ _ _ _); unfold sine.
  - reflexivity.
  - derive. ring.
  - derive. ring.
  - derive. ring.
Defined.

Definition smooth_cosine : smooth cosine.
Proof.
  refine (Smooth cosine (Cos X) (- Sin X) (- Cos X)
            (Sin X) _ _ _ _); unfold cosine.
  - reflexivity.
  - derive. ring.
  - derive. ring.
  - derive. ring.
Defined.

Definition smooth_gaussian : smooth gaussian.
Proof.
  refine (Smooth gaussian (Exp (- (X * X))) (- (2 * X) * Exp (- (X * X))) ((2 * X * (2 * X) - 2) * Exp (- (X * X)))
            ((Integer 12 * X - Integer 8 * X * X * X) * Exp (- (X * X))) _ _ _ _);
    unfold gaussian.
  - intros z; simpl. f_equal. ring.
  - derive. replace (z * (z * 1))%R with (z * z)%R by ring. ring.
  - derive. ring.
  - derive. ring.
Defined.

Definition smooth_sinh : smooth sinh.
Proof.
  refine (Smooth sinh ((Exp X - Exp (- X)) / 2) ((Exp X + Exp (- X)) / 2) ((Exp X - Exp (- X)) / 2)
            ((Exp X + Exp (- X)) / 2) _ _ _ _); unfold sinh.
  - reflexivity.
  - derive. field.
  - derive. field.
  - derive. field.
Defined.

Definition smooth_cosh : smooth cosh.
Proof.
  refine (Smooth cosh ((Exp X + Exp (- X)) / 2) ((Exp X - Exp (- X)) / 2) ((Exp X + Exp (- X)) / 2)
            ((Exp X - Exp (- X)) / 2) _ _ _ _); unfold cosh.
  - reflexivity.
  - derive. field.
  - derive. field.
  - derive. field.
Defined.
