package io.stopline.campaign;

import io.stopline.attacks.ScoreTarget;

/** Asks about crops of a sign. Belongs to one thread at a time. */
abstract class ViewSession implements ScoreTarget.Session {
  final SignViews.Viewer viewer;
  final AlterationSpace space;

  ViewSession(SignViews.Viewer viewer, AlterationSpace space) {
    this.viewer = viewer;
    this.space = space;
  }

  @Override
  public void present(double[] parameters) {
    viewer.show(space.decode(parameters));
  }
}
