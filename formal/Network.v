(** What a network, its loss and a local minimum are. Every theorem of this library is about these definitions. *)

From Coq Require Import Reals List.
Import ListNotations.
Open Scope R_scope.

(** Lists of numbers *)

Definition total {A : Type} (f : A -> R) (l : list A) : R := fold_right (fun a sum => f a + sum) 0 l.

Definition sum (l : list R) : R := total (fun a => a) l.

(** a . b, the sum of a_j b_j. (Surplus entries count for nothing; in a network of a shape, below, there are none.) *)
Fixpoint dot (a b : list R) : R :=
  match a, b with
  | x :: a', y :: b' => x * y + dot a' b'
  | _, _ => 0
  end.

(** |a|_1, the sum of the absolute values. *)
Definition norm1 (a : list R) : R := total Rabs a.

(** Networks: a unit has its incoming weights and a bias, a layer is a list of units. One output. *)

Record unit := Unit { weights : list R; bias : R }.

Definition layer := list unit.

Record network := Network { hidden : list layer; last_weights : list R; last_bias : R }.

Definition preactivation (u : unit) (x : list R) : R := dot (weights u) x + bias u.

Definition layer_output (activation : R -> R) (l : layer) (x : list R) : list R :=
  map (fun u => activation (preactivation u x)) l.

Fixpoint hidden_output (activation : R -> R) (layers : list layer) (x : list R) : list R :=
  match layers with
  | [] => x
  | l :: above => hidden_output activation above (layer_output activation l x)
  end.

Definition output (activation : R -> R) (net : network) (x : list R) : R :=
  dot (last_weights net) (hidden_output activation (hidden net) x) + last_bias net.

(** The shape of a network with [inputs] inputs and the given widths of the hidden layers. *)

Fixpoint layers_of_shape (inputs : nat) (widths : list nat) (layers : list layer) : Prop :=
  match widths, layers with
  | [], [] => True
  | width :: widths', l :: layers' =>
      length l = width /\ Forall (fun u => length (weights u) = inputs) l /\ layers_of_shape width widths' layers'
  | _, _ => False
  end.

Definition of_shape (inputs : nat) (widths : list nat) (net : network) : Prop :=
  layers_of_shape inputs widths (hidden net) /\ length (last_weights net) = last widths inputs.

(** The training loss: the sum of the squared errors. *)

Record sample := Sample { input : list R; target : R }.

Definition loss (activation : R -> R) (data : list sample) (net : network) : R :=
  total (fun s => (output activation net (input s) - target s) ^ 2) data.

(** Two networks of the same shape whose parameters differ by at most [e] each. *)

Definition close (e a b : R) : Prop := Rabs (b - a) <= e.

Definition close_units (e : R) (u u' : unit) : Prop :=
  Forall2 (close e) (weights u) (weights u') /\ close e (bias u) (bias u').

Definition close_networks (e : R) (net net' : network) : Prop :=
  Forall2 (Forall2 (close_units e)) (hidden net) (hidden net')
  /\ Forall2 (close e) (last_weights net) (last_weights net')
  /\ close e (last_bias net) (last_bias net').

(** A local minimum of the loss, over all weights and biases, that of the output among them. It is then a local minimum
    also among the networks whose last bias is 0, if it is one of them. *)
Definition local_minimum (activation : R -> R) (data : list sample) (net : network) : Prop :=
  exists e, 0 < e /\ forall net', close_networks e net net' -> loss activation data net <= loss activation data net'.
