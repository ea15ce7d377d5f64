(** T4: where every layer is convex or concave nothing is lower, by Jensen's inequality, for weights of any size
    (Theorem 9 of docs/mathematics.md); and so a local minimum, at any depth. *)

From Coquelicot Require Import Coquelicot.
From Coq Require Import Reals List Lra Psatz.
From Minima Require Import Network Sums Layers.
Import ListNotations.
Open Scope R_scope.

(** A closed interval, perhaps unbounded. *)
Record range := Range { lowest : option R; highest : option R }.

Definition inside (i : range) (x : R) : Prop :=
  match lowest i with Some a => a <= x | None => True end /\ match highest i with Some b => x <= b | None => True end.

Definition strictly_inside (i : range) (x : R) : Prop :=
  match lowest i with Some a => a < x | None => True end /\ match highest i with Some b => x < b | None => True end.

(** [k f] lies above a line through each of its points on the interval: it is convex there. *)
Definition convex_on (k : R) (f : R -> R) (i : range) : Prop :=
  forall z, inside i z -> exists p, forall y, inside i y -> k * f z + p * (y - z) <= k * f y.

(** [k f] is not decreasing on the interval. *)
Definition increasing_on (k : R) (f : R -> R) (i : range) : Prop :=
  forall y z, inside i y -> inside i z -> y <= z -> k * f y <= k * f z.

(** A data point that is a mean of others, with a positive size; [gap_of g f] is the mean of [f] over the vertices minus
    its value at the centre. *)
Record gap := Gap { size : R; centre : list R; vertices : list (R * list R) }.

Definition gap_of (g : gap) (f : list R -> R) : R :=
  total (fun v => fst v * f (snd v)) (vertices g) - f (centre g).

Definition is_gap (g : gap) : Prop :=
  0 <= size g
  /\ (forall v, In v (vertices g) -> 0 <= fst v)
  /\ total fst (vertices g) = 1
  /\ forall w, gap_of g (dot w) = 0.

Definition points (g : gap) : list (list R) := centre g :: map snd (vertices g).

(** What is fixed of a layer above the first: the sign (1 or -1) of its incoming weights, an interval for its
    preactivations, and whether the activation increases (1) or decreases (-1) on it. *)
Record bend := Bend { sign_in : R; slope : R; interval : range }.

Fixpoint preactivations_inside (activation : R -> R) (ranges : list range) (layers : list layer) (x : list R) : Prop :=
  match ranges, layers with
  | [], [] => True
  | i :: ranges', l :: layers' =>
      Forall (fun u => inside i (preactivation u x)) l
      /\ preactivations_inside activation ranges' layers' (layer_output activation l x)
  | _, _ => False
  end.

(** The preactivations at the given points stay in the intervals, the weights keep their signs; the sizes of the weights
    and the last bias are free, and so are the widths. *)
Definition jensen_region (activation : R -> R) (first : range) (bends : list bend) (sign : R) (xs : list (list R))
    (net : network) : Prop :=
  exists l above,
    hidden net = l :: above
    /\ Forall2 (fun b l => Forall (fun u => Forall (fun w => 0 <= sign_in b * w) (weights u)) l) bends above
    /\ Forall (preactivations_inside activation (first :: map interval bends) (hidden net)) xs
    /\ Forall (fun v => 0 <= sign * v) (last_weights net).

(** In which direction the activation must bend in each layer: convex (1) or concave (-1), from the first layer up. *)
Fixpoint orientation (k : R) (bends : list bend) : R :=
  match bends with
  | [] => k
  | b :: above => orientation (k * sign_in b * slope b) above
  end.

Definition is_sign (s : R) : Prop := s = 1 \/ s = -1.

Fixpoint bends_fit (activation : R -> R) (k : R) (bends : list bend) : Prop :=
  match bends with
  | [] => True
  | b :: above =>
      is_sign (sign_in b) /\ is_sign (slope b)
      /\ convex_on (k * sign_in b * slope b) activation (interval b)
      /\ increasing_on (slope b) activation (interval b)
      /\ bends_fit activation (k * sign_in b * slope b) above
  end.

(** ** One unit *)

Lemma inside_mean i (vs : list (R * list R)) z :
  (forall v, In v vs -> 0 <= fst v) -> total fst vs = 1 -> (forall v, In v vs -> inside i (z (snd v))) ->
  inside i (total (fun v => fst v * z (snd v)) vs).
Proof.
  intros Hpos Hone Hz. unfold inside in *. destruct i as [[a|] [b|]]; simpl in *; repeat split; trivial.
  - rewrite <- (Rmult_1_r a), <- Hone, <- total_scale. apply total_le. intros v Hv.
    specialize (Hpos v Hv). destruct (Hz v Hv). nra.
  - rewrite <- (Rmult_1_r b), <- Hone, <- total_scale. apply total_le. intros v Hv.
    specialize (Hpos v Hv). destruct (Hz v Hv). nra.
  - rewrite <- (Rmult_1_r a), <- Hone, <- total_scale. apply total_le. intros v Hv.
    specialize (Hpos v Hv). destruct (Hz v Hv). nra.
  - rewrite <- (Rmult_1_r b), <- Hone, <- total_scale. apply total_le. intros v Hv.
    specialize (Hpos v Hv). destruct (Hz v Hv). nra.
Qed.

Lemma sign_product s t : is_sign s -> is_sign t -> is_sign (s * t).
Proof. unfold is_sign. intros [-> | ->] [-> | ->]; lra. Qed.

Lemma jensen_unit activation i k g z :
  is_gap g -> convex_on k activation i -> is_sign k ->
  (forall x, In x (points g) -> inside i (z x)) ->
  gap_of g z = 0 \/ (exists e, is_sign e /\ increasing_on e activation i /\ 0 <= k * e * gap_of g z) ->
  0 <= k * gap_of g (fun x => activation (z x)).
Proof.
  intros (Hsize & Hpos & Hone & _) Hconvex Hk Hin Hgap.
  assert (Hv : forall v, In v (vertices g) -> inside i (z (snd v))).
  { intros v Hv. apply Hin. right. now apply in_map. }
  set (m := total (fun v => fst v * z (snd v)) (vertices g)).
  assert (Hm : inside i m) by now apply inside_mean.
  assert (Hc : inside i (z (centre g))) by (apply Hin; now left).
  assert (Above : k * activation m <= k * total (fun v => fst v * activation (z (snd v))) (vertices g)).
  { destruct (Hconvex m Hm) as [p Hp]. rewrite <- total_scale.
    apply Rle_trans with (total (fun v => fst v * (k * activation m + p * (z (snd v) - m))) (vertices g)).
    - right. rewrite (total_ext _ (fun v => (k * activation m - p * m) * fst v + p * (fst v * z (snd v)))) by (intros; ring).
      rewrite total_plus, !total_scale, Hone. fold m. ring.
    - apply total_le. intros v Hv'. specialize (Hp _ (Hv v Hv')). specialize (Hpos v Hv'). nra. }
  assert (Below : k * activation (z (centre g)) <= k * activation m).
  { unfold gap_of in Hgap. fold m in Hgap. destruct Hgap as [H0 | (e & He & Hincr & H0)].
    - replace m with (z (centre g)) by lra. lra.
    - destruct (Rle_dec (z (centre g)) m) as [Hle|Hle].
      + pose proof (Hincr _ _ Hc Hm Hle). destruct Hk as [-> | ->], He as [-> | ->]; try lra.
        * replace m with (z (centre g)) by lra. lra.
        * replace m with (z (centre g)) by lra. lra.
      + pose proof (Hincr _ _ Hm Hc ltac:(lra)). destruct Hk as [-> | ->], He as [-> | ->]; lra. }
  unfold gap_of. lra.
Qed.

(** ** All layers *)

Lemma gap_of_preactivation g u (fs : list (list R -> R)) :
  is_gap g ->
  gap_of g (fun x => preactivation u (map (fun f => f x) fs)) = dot (weights u) (map (gap_of g) fs).
Proof.
  intros (_ & _ & Hone & _). unfold gap_of, preactivation.
  rewrite (total_ext _ (fun v => fst v * dot (weights u) (map (fun f => f (snd v)) fs) + bias u * fst v)) by (intros; ring).
  rewrite total_plus, total_scale, Hone.
  rewrite (total_dot_units (fun v => fst v) (fun f v => f (snd v))).
  generalize (weights u) as w. clear. induction fs as [|f fs IH]; intros [|a w]; simpl; try lra.
  specialize (IH w). lra.
Qed.

Lemma jensen_layers activation g : is_gap g -> forall bends k layers fs,
  is_sign k -> bends_fit activation k bends ->
  Forall2 (fun b l => Forall (fun u => Forall (fun w => 0 <= sign_in b * w) (weights u)) l) bends layers ->
  (forall x, In x (points g) ->
     preactivations_inside activation (map interval bends) layers (map (fun f => f x) fs)) ->
  Forall (fun f => 0 <= k * gap_of g f) fs ->
  Forall (fun f => 0 <= orientation k bends * gap_of g f) (unit_functions activation layers fs).
Proof.
  intros Hg. induction bends as [|b bends IH]; intros k layers fs Hk Hfit Hsigns Hin Hfs; inversion Hsigns; subst; simpl.
  - exact Hfs.
  - destruct Hfit as (Hs & Hslope & Hconvex & Hincr & Hfit). simpl in Hin.
    assert (Hk' : is_sign (k * sign_in b * slope b)) by now repeat apply sign_product.
    apply IH; try assumption.
    + intros x Hx. destruct (Hin x Hx) as [_ H]. unfold layer_output in H. now rewrite map_map.
    + rewrite Forall_map, Forall_forall. intros u Hu.
      apply (jensen_unit activation (interval b) _ g (fun x => preactivation u (map (fun f => f x) fs))); try assumption.
      * intros x Hx. destruct (Hin x Hx) as [H _]. rewrite Forall_forall in H. now apply H.
      * right. exists (slope b). repeat split; try assumption. rewrite gap_of_preactivation by assumption.
        rewrite Forall_forall in H1. specialize (H1 u Hu). clear - Hk Hs Hslope H1 Hfs.
        replace (k * sign_in b * slope b * slope b) with (k * sign_in b) by (destruct Hslope as [-> | ->]; ring).
        revert H1. generalize (weights u) as w. induction Hfs as [|f fs Hf Hfs IH]; intros [|a w] Hw; simpl; try lra.
        inversion_clear Hw as [|? ? Ha Hw']. specialize (IH w Hw').
        assert (0 <= (sign_in b * a) * (k * gap_of g f)) by now apply Rmult_le_pos. lra.
Qed.

(** ** The theorems *)

Section Jensen.

Variables (activation : R -> R) (data : list sample) (a c sign k e : R) (stages : list stage).
Variables (first : range) (bends : list bend) (gaps : list gap).

Hypothesis one_sign : is_sign sign.
Hypothesis e_sign : is_sign e.
Hypothesis k_sign : is_sign k.

(** The residual c - target is made of Jensen gaps. *)
Hypothesis are_gaps : forall g, In g gaps -> is_gap g.
Hypothesis residual : forall f,
  total (fun s => (c - target s) * f (input s)) data = e * total (fun g => size g * gap_of g f) gaps.

(** The activation bends the right way on the interval of each layer. *)
Hypothesis first_bend : convex_on k activation first.
Hypothesis all_bends : bends_fit activation k bends.
Hypothesis last_bend : orientation k bends = e * sign.

Theorem nothing_lower_in_jensen_region net net' :
  constant_network activation a stages c sign net ->
  jensen_region activation first bends sign (flat_map points gaps) net' ->
  loss activation data net <= loss activation data net'.
Proof.
  intros Hnet (l & above & Hl & Hsigns & Hinside & Hlast).
  apply (not_better_than_constant activation a stages c sign net net' l above); try assumption.
  - rewrite (total_ext _ (fun s => (c - target s) * 1)) by (intros; ring). rewrite (residual (fun _ => 1)).
    rewrite (total_ext _ (fun _ => 0)), total_zero; [ring|].
    intros g Hg. destruct (are_gaps g Hg) as (_ & _ & Hone & _). unfold gap_of.
    rewrite (total_ext _ fst) by (intros; ring). rewrite Hone. ring.
  - apply (dot_nonneg sign); [exact one_sign|exact Hlast|]. rewrite Forall_map, Forall_forall. intros f Hf.
    rewrite residual, <- Rmult_assoc, <- total_scale. apply total_nonneg. intros g Hg.
    rewrite Forall_forall in Hinside.
    assert (Hpoints : forall x, In x (points g) -> In x (flat_map points gaps)) by (intros x Hx; apply in_flat_map; eauto).
    assert (H : Forall (fun f => 0 <= orientation k bends * gap_of g f)
                  (unit_functions activation above (first_functions activation l))).
    { apply (jensen_layers activation g (are_gaps g Hg)); try assumption.
      - intros x Hx. specialize (Hinside x (Hpoints x Hx)). rewrite Hl in Hinside. destruct Hinside as [_ H].
        unfold first_functions. rewrite map_map. exact H.
      - unfold first_functions. rewrite Forall_map, Forall_forall. intros u Hu.
        apply (jensen_unit activation first k g (fun x => preactivation u x)); try assumption; [now apply are_gaps| |].
        + intros x Hx. specialize (Hinside x (Hpoints x Hx)). rewrite Hl in Hinside. destruct Hinside as [H _].
          rewrite Forall_forall in H. now apply H.
        + left. destruct (are_gaps g Hg) as (_ & _ & Hone & Hlin). specialize (Hlin (weights u)).
          unfold gap_of in *. unfold preactivation.
          rewrite (total_ext _ (fun v => fst v * dot (weights u) (snd v) + bias u * fst v)) by (intros; ring).
          rewrite total_plus, total_scale, Hone. lra. }
    rewrite Forall_forall in H. specialize (H f Hf). rewrite last_bend in H.
    destruct (are_gaps g Hg) as (Hsize & _).
    replace (sign * e * (size g * gap_of g f)) with (size g * (e * sign * gap_of g f)) by ring.
    now apply Rmult_le_pos.
Qed.

End Jensen.

(** ** The region contains a neighbourhood of the constant network *)

Lemma inside_near i x : strictly_inside i x -> exists h, 0 < h /\ forall y, Rabs (y - x) <= h -> inside i y.
Proof.
  intros [Ha Hb].
  exists (Rmin (match lowest i with Some a => x - a | None => 1 end) (match highest i with Some b => b - x | None => 1 end)).
  split.
  - apply Rmin_pos; destruct (lowest i), (highest i); lra.
  - intros y Hy. apply Rabs_le_between in Hy. unfold inside.
    destruct (lowest i) as [a|], (highest i) as [b|]; repeat split; trivial;
      match goal with H : _ <= y - x <= Rmin ?p ?q |- _ => pose proof (Rmin_l p q); pose proof (Rmin_r p q) end; lra.
Qed.

Lemma close_units_mono e e' u u' : e <= e' -> close_units e u u' -> close_units e' u u'.
Proof. intros He [Hw Hb]. split; [now apply (close_list_mono e)|now apply (close_mono e)]. Qed.

Lemma close_layers_mono e e' ls ls' :
  e <= e' -> Forall2 (Forall2 (close_units e)) ls ls' -> Forall2 (Forall2 (close_units e')) ls ls'.
Proof.
  intros He H. induction H as [|l l' ls ls' Hl Hls IH]; constructor; [|assumption].
  induction Hl; constructor; [now apply (close_units_mono e)|assumption].
Qed.

Fixpoint strictly_within (activation : R -> R) (ranges : list range) (layers : list layer) (x : list R) : Prop :=
  match ranges, layers with
  | [], [] => True
  | i :: ranges', l :: layers' =>
      Forall (fun u => strictly_inside i (preactivation u x)) l
      /\ strictly_within activation ranges' layers' (layer_output activation l x)
  | _, _ => False
  end.

Lemma inside_open activation : (forall t, continuous activation t) -> forall ranges layers y,
  strictly_within activation ranges layers y ->
  small (fun e => forall layers' y', Forall2 (Forall2 (close_units e)) layers layers' -> Forall2 (close e) y y' ->
                                     preactivations_inside activation ranges layers' y').
Proof.
  intros Hcont. induction ranges as [|i ranges IH]; intros [|l layers] y H; simpl in H; try contradiction.
  - exists 1. split; [lra|]. intros e _ layers' y' Hl _. inversion Hl. exact I.
  - destruct H as [Hl Habove]. destruct (IH _ _ Habove) as [m [Hm IHm]].
    assert (H1 : small (fun e => Forall (fun u => forall u' y', close_units e u u' -> Forall2 (close e) y y' ->
                                                  inside i (preactivation u' y')) l)).
    { apply (small_forall (fun u e => forall u' y', close_units e u u' -> Forall2 (close e) y y' ->
                                                    inside i (preactivation u' y'))).
      revert Hl. apply Forall_impl. intros u Hu. destruct (inside_near _ _ Hu) as [h [Hh Hin]].
      eapply small_mono; [|apply (preactivation_continuous u y h Hh)]. intros e _ He u' y' Hu' Hy'. now apply Hin, He. }
    assert (H2 := layer_continuous activation l y m ltac:(apply Forall_forall; intros; apply Hcont) Hm).
    eapply small_mono; [|apply small_and; [exact H1|apply small_and; [exact H2|apply (small_below m Hm)]]].
    intros e _ [Hunits [Houtput Hem]] layers' y' Hlayers Hy. inversion Hlayers as [|? l' ? ls' Hl' Hls']; subst. split.
    + clear - Hunits Hl' Hy. induction Hl' as [|u u' l l' Hu Hl' IH]; constructor; inversion_clear Hunits; auto.
    + apply (IHm m); [lra|now apply (close_layers_mono e)|now apply Houtput].
Qed.

Lemma steady_within activation bends : forall stages below width layers,
  Forall2 (fun s b => strictly_inside (interval b) (level s)) stages bends ->
  steady activation below width stages layers ->
  strictly_within activation (map interval bends) layers (repeat (activation below) width).
Proof.
  induction bends as [|b bends IH]; intros stages below width layers Hin Hsteady;
    inversion Hin as [|st b' stages' bends' Hst Hrest]; subst; destruct layers as [|l layers]; simpl in *; try contradiction; [exact I|].
  destruct Hsteady as [Hl Habove].
  assert (Hpre : forall u, In u l -> preactivation u (repeat (activation below) width) = level st).
  { intros u Hu. rewrite Forall_forall in Hl. destruct (Hl u Hu) as (Hlength & _ & Hsum).
    unfold preactivation. now rewrite dot_repeat by (rewrite Hlength; auto). }
  split.
  - apply Forall_forall. intros u Hu. now rewrite Hpre.
  - replace (layer_output activation l (repeat (activation below) width)) with (repeat (activation (level st)) (length l)).
    + now apply (IH stages').
    + unfold layer_output. rewrite <- map_constant. apply map_ext_in. intros u Hu. now rewrite Hpre.
Qed.

Lemma small_witness P : small P -> exists e, 0 < e /\ P e.
Proof. intros [m [Hm HP]]. exists m. split; [exact Hm|]. apply HP. lra. Qed.

Lemma close_to_itself e x : 0 <= e -> Forall2 (close e) x x.
Proof. intros He. induction x; constructor; [unfold close; rewrite Rminus_diag_eq, Rabs_R0; auto|assumption]. Qed.

Lemma signs_kept activation stages bends : forall below width layers,
  Forall2 (fun s b => incoming s = sign_in b) stages bends -> Forall (fun b => is_sign (sign_in b)) bends ->
  steady activation below width stages layers ->
  small (fun e => forall layers', Forall2 (Forall2 (close_units e)) layers layers' ->
    Forall2 (fun b l => Forall (fun u => Forall (fun w => 0 <= sign_in b * w) (weights u)) l) bends layers').
Proof.
  revert stages; induction bends as [|b bends IH]; intros stages below width layers Hin Hsign Hsteady;
    inversion Hin as [|st b' stages' bends' Hst Hrest]; subst; destruct layers as [|l layers]; simpl in Hsteady; try contradiction.
  - exists 1. split; [lra|]. intros e _ layers' Hl. inversion Hl. constructor.
  - destruct Hsteady as [Hl Habove]. inversion Hsign as [|? ? Hb Hsign']; subst.
    assert (H1 : small (fun e => Forall (fun u => Forall (fun w => e <= sign_in b * w) (weights u)) l)).
    { apply (small_forall (fun u e => Forall (fun w => e <= sign_in b * w) (weights u))).
      revert Hl. apply Forall_impl. intros u (_ & Hw & _).
      apply (small_forall (fun w e => e <= sign_in b * w)). revert Hw. apply Forall_impl. intros w Hw.
      apply small_below. now rewrite <- Hst. }
    eapply small_mono; [|apply small_and; [exact H1|apply (IH _ _ _ _ Hrest Hsign' Habove)]].
    intros e He [Hw Hkept] layers' Hlayers. inversion Hlayers as [|? l' ? ls' Hl' Hls']; subst. constructor; [|now apply Hkept].
    clear - Hw Hl' Hb He. induction Hl' as [|u u' l l' [Hu _] Hl' IH]; constructor; inversion_clear Hw as [|? ? H H']; auto.
    clear - H Hu Hb. induction Hu as [|w w' ws ws' Hw Hws IH]; constructor; inversion_clear H as [|? ? H1 H2]; auto.
    unfold close in Hw. apply Rabs_le_between in Hw. destruct Hb as [Hb|Hb]; rewrite Hb in *; lra.
Qed.

Section JensenLocal.

Variables (activation : R -> R) (data : list sample) (a c sign k e : R) (stages : list stage).
Variables (first : range) (bends : list bend) (gaps : list gap).

Theorem local_minimum_jensen net :
  is_sign sign -> is_sign e -> is_sign k -> (forall g, In g gaps -> is_gap g) ->
  (forall f, total (fun s => (c - target s) * f (input s)) data = e * total (fun g => size g * gap_of g f) gaps) ->
  convex_on k activation first -> bends_fit activation k bends -> orientation k bends = e * sign ->
  (forall t, continuous activation t) ->
  strictly_inside first a ->
  Forall2 (fun s b => incoming s = sign_in b /\ strictly_inside (interval b) (level s)) stages bends ->
  constant_network activation a stages c sign net ->
  local_minimum activation data net.
Proof.
  intros Hsign He Hk Hgaps Hres Hfirst Hbends Hlast Hcont Ha Hstages Hnet.
  enough (H : small (fun e => forall net', close_networks e net net' ->
                      jensen_region activation first bends sign (flat_map points gaps) net')).
  { destruct (small_witness _ H) as [m [Hm Hregion]]. exists m. split; [exact Hm|]. intros net' Hclose.
    apply (nothing_lower_in_jensen_region activation data a c sign k e stages first bends gaps); auto. }
  destruct Hnet as (l & above & Hl & Hunits & Hsteady & _ & Hpos & _).
  assert (H1 : small (fun e => Forall (fun x => forall layers' y', Forall2 (Forall2 (close_units e)) (l :: above) layers' ->
             Forall2 (close e) x y' -> preactivations_inside activation (first :: map interval bends) layers' y')
             (flat_map points gaps))).
  { apply (small_forall (fun x e => forall layers' y', Forall2 (Forall2 (close_units e)) (l :: above) layers' ->
             Forall2 (close e) x y' -> preactivations_inside activation (first :: map interval bends) layers' y')).
    apply Forall_forall. intros x _. apply inside_open; [exact Hcont|]. split.
    - revert Hunits. apply Forall_impl. intros u Hu. now rewrite (first_preactivation a).
    - rewrite (first_output activation a) by assumption. apply (steady_within activation bends stages); [|assumption].
      clear - Hstages. induction Hstages as [|s b ss bs [_ H] Hs IH]; constructor; auto. }
  assert (H2 : small (fun e => forall layers', Forall2 (Forall2 (close_units e)) above layers' ->
    Forall2 (fun b l => Forall (fun u => Forall (fun w => 0 <= sign_in b * w) (weights u)) l) bends layers')).
  { apply (signs_kept activation stages bends a (length l)); try assumption.
    - clear - Hstages. induction Hstages as [|s b ss bs [H _] Hs IH]; constructor; auto.
    - clear - Hbends. revert k Hbends. induction bends as [|b bs IH]; intros k; simpl; [constructor|].
      intros (H & _ & _ & _ & Hrest). constructor; eauto. }
  assert (H3 : small (fun e => Forall (fun v => e <= sign * v) (last_weights net))).
  { apply (small_forall (fun v e => e <= sign * v)). revert Hpos. apply Forall_impl. intros v Hv. now apply small_below. }
  eapply small_mono; [|apply small_and; [exact H1|apply small_and; [exact H2|exact H3]]].
  intros d Hd [Hin [Hkept Hv]] net' (Hlayers & Hlast' & _). rewrite Hl in Hlayers.
  inversion Hlayers as [|? l' ? above' Hl' Habove Heq Heq']; subst. exists l', above'. split; [now symmetry|].
  split; [now apply Hkept|]. split.
  - rewrite Forall_forall in Hin |- *. intros x Hx. rewrite <- Heq'. apply (Hin x Hx); [now constructor|].
    apply close_to_itself. lra.
  - clear - Hlast' Hv Hsign. induction Hlast' as [|v v' vs vs' Hc Hvs IH]; constructor; inversion_clear Hv as [|? ? H1 H2]; auto.
    unfold close in Hc. apply Rabs_le_between in Hc. destruct Hsign as [-> | ->]; lra.
Qed.

End JensenLocal.
