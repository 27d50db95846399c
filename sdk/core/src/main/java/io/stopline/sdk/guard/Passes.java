package io.stopline.sdk.guard;

import io.stopline.sdk.check.Check;
import io.stopline.sdk.check.Observation;
import io.stopline.sdk.check.PassPlan;
import io.stopline.sdk.check.Probabilities;
import io.stopline.sdk.check.Sighting;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.model.CropModel;
import io.stopline.sdk.model.LocalOutput;
import io.stopline.sdk.model.TensorSpec;
import io.stopline.sdk.random.RandomStream;
import io.stopline.sdk.transform.PictureCopy;
import io.stopline.sdk.transform.TransformChain;
import io.stopline.sdk.transform.TransformRenderer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The model runs of a guard: which there are, which of them the current inspection has done, and
 * what they gave. All memory is taken when the guard is made.
 */
final class Passes implements Observation, AutoCloseable {

  private enum State {
    TO_DO,
    DONE,
    FAILED
  }

  /** One model run: a member looking at one draw of a view. */
  private static final class Pass {
    final int member;
    final String view;
    final int draw;
    final TransformRenderer renderer;
    final float[] probabilities;

    Pass(int member, String view, int draw, TransformRenderer renderer, int classes) {
      this.member = member;
      this.view = view;
      this.draw = draw;
      this.renderer = renderer;
      this.probabilities = new float[classes];
    }
  }

  private record RendererKey(int member, String view) {}

  private final List<CropModel> members;

  /** Of these the first so many name the label. */
  private final int labelling;

  private final List<String> labels;
  private final Map<String, TransformChain> views = new HashMap<>();
  private final Map<RendererKey, TransformRenderer> renderers = new HashMap<>();
  private final List<Pass> all = new ArrayList<>();
  private final PictureCopy picture = new PictureCopy();
  private final float[] ensemble;
  private final float[] mixed;
  private final @Nullable LabelMix labelMix;
  private float probability;
  private State[] states = {};
  private @Nullable Image crop;
  private long seed;
  private final int nothing;
  private final double[] place = new double[4];
  private final @Nullable ByteBuffer[] locals;
  private final int[] sharedPlain;
  private final @Nullable ByteBuffer[] plainInputs;
  private final boolean[] plainIsThere;
  private Sighting sighting = Sighting.NONE;
  private int label;

  /**
   * @param labelling so many members, the first ones, name the label; the others run where a check
   *     asks for them
   * @param labelMix how two of them do; null: by the mean of all
   */
  Passes(
      List<? extends CropModel> members,
      int labelling,
      @Nullable LabelMix labelMix,
      List<String> labels,
      List<TransformChain> chains) {
    this.members = List.copyOf(members);
    this.labelling = Math.min(labelling, members.size());
    this.labelMix = labelMix;
    this.labels = List.copyOf(labels);
    this.ensemble = new float[labels.size()];
    this.mixed = new float[labels.size()];
    this.locals = new ByteBuffer[members.size()];
    try {
      if (members.isEmpty()) {
        throw new IllegalArgumentException("a guard needs at least one model");
      }
      for (CropModel member : members) {
        if (member.classes() != labels.size()) {
          throw new IllegalArgumentException(
              "model '%s' has %d classes, but there are %d labels; give the labels it was trained with"
                  .formatted(member.name(), member.classes(), labels.size()));
        }
      }
      nothing = nothing(members);
      sharedPlain = sharedPlain(members);
      plainInputs = new ByteBuffer[members.size()];
      plainIsThere = new boolean[members.size()];
      for (int m = 0; m < sharedPlain.length; m++) {
        if (sharedPlain[m] != m && plainInputs[sharedPlain[m]] == null) {
          int bytes = members.get(m).inputSpec().bytes();
          plainInputs[sharedPlain[m]] =
              ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
        }
      }
      TransformChain identity = TransformChain.identity();
      views.put(identity.name(), identity);
      for (TransformChain chain : chains) {
        if (views.put(chain.name(), chain) != null) {
          throw new IllegalArgumentException(
              "view '%s' is defined twice or has a reserved name; rename it"
                  .formatted(chain.name()));
        }
      }
      for (int m = 0; m < members.size(); m++) {
        request(m, identity.name(), 0);
      }
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /** The one label that means that there is nothing, or −1: members are of one kind. */
  private static int nothing(List<? extends CropModel> members) {
    CropModel first = members.get(0);
    for (CropModel member : members) {
      if (member.nothing() != first.nothing()) {
        throw new IllegalArgumentException(
            "model '%s' is a %s, but '%s' is a %s; members must be detectors, all of them or none"
                .formatted(member.name(), kind(member), first.name(), kind(first)));
      }
    }
    return first.nothing();
  }

  /**
   * For each member the first one whose plain view is the same to the last bit, itself if there is
   * none before it. What a detector looks at depends on where it looks.
   */
  private static int[] sharedPlain(List<? extends CropModel> members) {
    int[] first = new int[members.size()];
    for (int m = 0; m < first.length; m++) {
      first[m] = m;
      for (int n = m - 1; n >= 0 && members.get(m).nothing() < 0; n--) {
        first[m] = takesTheSame(members.get(n), members.get(m)) ? n : first[m];
      }
    }
    return first;
  }

  private static boolean takesTheSame(CropModel one, CropModel other) {
    TensorSpec a = one.inputSpec();
    TensorSpec b = other.inputSpec();
    return a.shape().equals(b.shape())
        && a.type() == b.type()
        && a.scale() == b.scale()
        && a.zeroPoint() == b.zeroPoint()
        && one.encoding().equals(other.encoding())
        && one.keepsAspect() == other.keepsAspect();
  }

  private static String kind(CropModel member) {
    return member.nothing() < 0 ? "classifier" : "detector";
  }

  /**
   * What a check waits for.
   *
   * @param all the plain ones of all who name the label included
   * @param own those that it asked for itself
   */
  @SuppressWarnings("ArrayRecordComponent") // never changed
  record Needed(int[] all, int[] own) {}

  /** Lets a check ask for its passes. */
  Needed plan(Check check) {
    List<Integer> needed = new ArrayList<>();
    for (int m = 0; m < labelling; m++) {
      needed.add(m);
    }
    List<Integer> own = new ArrayList<>();
    check.plan(
        new PassPlan() {
          @Override
          public int members() {
            return labelling;
          }

          @Override
          public int request(int member, String view, int draw) {
            int handle = Passes.this.request(member, view, draw);
            own.add(handle);
            return handle;
          }

          @Override
          public LocalOutput local(int member) {
            LocalOutput local = keepLocal(member);
            own.add(member);
            return local;
          }
        });
    needed.addAll(own);
    return new Needed(distinct(needed), distinct(own));
  }

  private static int[] distinct(List<Integer> handles) {
    return handles.stream().distinct().mapToInt(Integer::intValue).toArray();
  }

  private int request(int member, String view, int draw) {
    TransformChain chain = views.get(view);
    if (chain == null) {
      throw new IllegalArgumentException(
          "there is no view '%s'; the policy defines %s".formatted(view, views.keySet()));
    }
    checkMember(member);
    for (int i = 0; i < all.size(); i++) {
      Pass p = all.get(i);
      if (p.member == member && p.view.equals(view) && p.draw == draw) {
        return i;
      }
    }
    CropModel model = members.get(member);
    TransformRenderer renderer =
        renderers.computeIfAbsent(
            new RendererKey(member, view),
            key ->
                new TransformRenderer(
                    chain, model.inputSpec(), model.encoding(), model.keepsAspect(), picture));
    all.add(new Pass(member, view, draw, renderer, model.classes()));
    states = Arrays.copyOf(states, all.size());
    return all.size() - 1;
  }

  private LocalOutput keepLocal(int member) {
    checkMember(member);
    CropModel model = members.get(member);
    LocalOutput local = model.local();
    if (local == null) {
      throw new IllegalArgumentException(
          "model '%s' was opened without its map of local scores".formatted(model.name()));
    }
    if (locals[member] == null) {
      locals[member] =
          ByteBuffer.allocateDirect(local.spec().bytes()).order(ByteOrder.nativeOrder());
    }
    return local;
  }

  int size() {
    return all.size();
  }

  /** Starts an inspection: nothing is done yet. */
  void begin(Image newCrop, Sighting seen, long newSeed) {
    crop = newCrop;
    picture.forget();
    sighting = seen;
    seed = newSeed;
    label = -1;
    probability = 0;
    Arrays.fill(states, State.TO_DO);
    Arrays.fill(plainIsThere, false);
    Arrays.fill(ensemble, 0);
  }

  private void checkMember(int member) {
    if (member < 0 || member >= members.size()) {
      throw new IllegalArgumentException(
          "there is no model number %d; the policy has %d".formatted(member, members.size()));
    }
  }

  /** Runs who names the label on the plain view and names it, if at least one of them could. */
  void runPlain(Budget budget, List<String> reasons) {
    int done = 0;
    label = -1;
    probability = 0;
    Arrays.fill(ensemble, 0);
    for (int m = 0; m < labelling; m++) {
      if (!run(m, budget, reasons)) {
        continue;
      }
      done++;
      float[] p = all.get(m).probabilities;
      for (int c = 0; c < ensemble.length; c++) {
        ensemble[c] += p[c];
      }
    }
    if (done > 0) {
      for (int c = 0; c < ensemble.length; c++) {
        ensemble[c] /= done;
      }
      label = Probabilities.argmax(ensemble);
      probability = ensemble[label];
      mixLabel();
    }
  }

  /** Where one of the two could not run, the mean of those that could stands. */
  private void mixLabel() {
    LabelMix mix = labelMix;
    if (mix != null && states[mix.accurate()] == State.DONE && states[mix.robust()] == State.DONE) {
      label = mix.mix(plain(mix.accurate()), plain(mix.robust()), mixed);
      probability = mixed[label];
    }
  }

  /** What those who named the label give it, 0..1; 0 where there is none. */
  float probability() {
    return probability;
  }

  /**
   * Has one member name the label, by its plain view alone; its probabilities stand for those of
   * the ensemble until {@link #runPlain}.
   *
   * @return whether it could
   */
  boolean runAlone(int member, Budget budget, List<String> reasons) {
    if (!run(member, budget, reasons)) {
      return false;
    }
    System.arraycopy(all.get(member).probabilities, 0, ensemble, 0, ensemble.length);
    label = Probabilities.argmax(ensemble);
    probability = ensemble[label];
    return true;
  }

  /** Runs those of the passes that are still to do; true if all are done now. */
  boolean run(int[] handles, Budget budget, List<String> reasons) {
    for (int handle : handles) {
      if (!run(handle, budget, reasons)) {
        return false;
      }
    }
    return true;
  }

  private boolean run(int handle, Budget budget, List<String> reasons) {
    if (states[handle] != State.TO_DO) {
      return states[handle] == State.DONE;
    }
    if (!budget.take()) {
      return false;
    }
    Pass pass = all.get(handle);
    CropModel model = members.get(pass.member);
    try {
      // The handle is the stream: a pass sees the same draw whether or not others ran before it.
      if (handle < members.size()) {
        renderPlain(pass, handle);
      } else {
        pass.renderer.render(crop(), RandomStream.derive(seed, handle), model.input());
      }
      if (nothing >= 0) {
        pass.renderer.locate(sighting.box(), crop(), place);
      }
      model.classify(place, pass.probabilities);
      if (handle < members.size()) {
        copyLocal(handle);
      }
      states[handle] = State.DONE;
      return true;
    } catch (RuntimeException e) {
      states[handle] = State.FAILED;
      reasons.add("model '%s' failed: %s".formatted(model.name(), e.getMessage()));
      return false;
    }
  }

  /** The plain view has no draws, so members that take the same share one rendering of it. */
  private void renderPlain(Pass pass, int member) {
    ByteBuffer input = members.get(member).input();
    int shared = sharedPlain[member];
    ByteBuffer kept = plainInputs[shared];
    if (kept != null && plainIsThere[shared]) {
      input.put(0, kept, 0, kept.capacity());
      return;
    }
    pass.renderer.render(crop(), RandomStream.derive(seed, member), input);
    if (kept != null) {
      kept.put(0, input, 0, kept.capacity());
      plainIsThere[shared] = true;
    }
  }

  /** A member's next run overwrites its map. */
  private void copyLocal(int member) {
    ByteBuffer copy = locals[member];
    LocalOutput local = members.get(member).local();
    if (copy != null && local != null) {
      copy.put(0, local.memory(), 0, copy.capacity());
    }
  }

  @Override
  public ByteBuffer local(int member) {
    ByteBuffer copy = locals[member];
    return copy == null ? Observation.super.local(member) : copy;
  }

  @Override
  public Image crop() {
    if (crop == null) {
      throw new IllegalStateException("no inspection has begun");
    }
    return crop;
  }

  @Override
  public Sighting sighting() {
    return sighting;
  }

  @Override
  public int nothing() {
    return nothing;
  }

  @Override
  public int label() {
    return label;
  }

  @Override
  public String labelName(int index) {
    return labels.get(index);
  }

  @Override
  public int classes() {
    return labels.size();
  }

  @Override
  public int members() {
    return labelling;
  }

  @Override
  public float[] ensemble() {
    return ensemble;
  }

  @Override
  public float[] plain(int member) {
    return all.get(member).probabilities;
  }

  @Override
  public float[] pass(int handle) {
    return all.get(handle).probabilities;
  }

  @Override
  public void close() {
    members.forEach(CropModel::close);
  }
}
