(** What a file that `certify export --format coq` writes builds on: everything, and how its theorems follow from checks. *)

From Coq Require Export List.
From Minima Require Export Network Sums Layers Widths ConstantPoint Jensen DeepMinimum BetterPoint FittedPoint Obstruction Rational Activations Instance CheckBox
  CheckJensen CheckDeep CheckObstruction.

(** The goal is [E] with the fields of its records worked out. *)
Ltac follows_from E :=
  let H := fresh in
  pose proof E as H; cbv zeta in H;
  cbn [j_level j_lowest j_highest j_sign j_slope inner map real_bend real_stage stage_of fst snd] in H;
  exact H.
