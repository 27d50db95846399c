package io.stopline.evaluation.model;

import io.stopline.evaluation.Dataset;
import io.stopline.evaluation.Sample;
import io.stopline.evaluation.Split;
import io.stopline.evaluation.Track;
import java.util.List;

/**
 * A data set as a model sees it: labels are numbers of the model's outputs, class names are the
 * model's, and images of classes that it does not know are left out. Pixels are the data set's own.
 * Thread-safe.
 */
public final class InModelOrder implements Dataset {

  private final Dataset data;
  private final ClassMap classes;

  private InModelOrder(Dataset data, ClassMap classes) {
    this.data = data;
    this.classes = classes;
  }

  /** The data set itself if its order is the model's already, but for the names. */
  public static Dataset of(Dataset data, ClassMap classes) {
    return classes.isIdentity() && classes.modelNames().equals(data.classNames())
        ? data
        : new InModelOrder(data, classes);
  }

  /** How the classes were paired. */
  public ClassMap classes() {
    return classes;
  }

  @Override
  public String name() {
    return data.name();
  }

  @Override
  public List<String> classNames() {
    return classes.modelNames();
  }

  @Override
  public List<String> splitNames() {
    return data.splitNames();
  }

  @Override
  public List<String> notes() {
    return data.notes();
  }

  @Override
  public boolean hasOwnCalibration() {
    return data.hasOwnCalibration();
  }

  @Override
  public Split split(String name) {
    Split split = data.split(name);
    return new Split(
        split.name(),
        split.samples().stream().filter(s -> isKnown(s.label())).map(this::sample).toList(),
        split.tracks().stream().filter(t -> isKnown(t.label())).map(this::track).toList());
  }

  @Override
  public List<Track> heldOutTracks() {
    return data.heldOutTracks().stream().filter(t -> isKnown(t.label())).map(this::track).toList();
  }

  private boolean isKnown(int label) {
    return classes.outputOf().get(label) != ClassMap.NONE;
  }

  private Track track(Track track) {
    return new Track(
        track.id(),
        classes.outputOf().get(track.label()),
        track.split(),
        track.heldOut(),
        track.frames().stream().map(this::sample).toList());
  }

  private Sample sample(Sample sample) {
    return new Sample(
        classes.outputOf().get(sample.label()),
        sample.track(),
        sample.frame(),
        sample.file(),
        sample.pixels(),
        sample.bounds());
  }
}
