package io.stopline.training;

/** Moves the free parameters. What it remembers is in arrays that a checkpoint keeps. */
final class Optimiser {

  private static final double SECOND = 0.999;
  private static final double TINY = 1e-8;

  private final Optimisation plan;
  private final boolean[] decays;

  /** Momentum of SGD; first moment of AdamW. */
  final float[] first;

  /** Second moment of AdamW; empty for SGD. */
  final float[] second;

  Optimiser(Optimisation plan, Parametrization parametrization) {
    this.plan = plan;
    int size = parametrization.size();
    decays = new boolean[size];
    for (int i = 0; i < size; i++) {
      decays[i] = parametrization.decays(i);
    }
    first = new float[size];
    second = new float[plan.kind() == Optimisation.Kind.ADAMW ? size : 0];
  }

  /**
   * One step.
   *
   * @param gradient of the loss with respect to the free parameters; may be overwritten
   * @param rate learning rate
   * @param number 0 for the first step
   * @return length of the gradient before it was clipped; if it is not finite nothing has moved
   */
  double step(float[] free, float[] gradient, double rate, long number) {
    double square = 0;
    for (float g : gradient) {
      square += (double) g * g;
    }
    double length = Math.sqrt(square);
    if (!Double.isFinite(length)) {
      return length;
    }
    float scale = length > plan.clip() ? (float) (plan.clip() / length) : 1;
    switch (plan.kind()) {
      case SGD -> sgd(free, gradient, scale, (float) rate);
      case ADAMW -> adam(free, gradient, scale, rate, number);
    }
    return length;
  }

  private void sgd(float[] free, float[] gradient, float scale, float rate) {
    float momentum = (float) plan.momentum();
    float decay = (float) plan.decay();
    for (int i = 0; i < free.length; i++) {
      float g = scale * gradient[i] + (decays[i] ? decay * free[i] : 0);
      float v = momentum * first[i] + g;
      first[i] = v;
      free[i] -= rate * (g + momentum * v);
    }
  }

  private void adam(float[] free, float[] gradient, float scale, double rate, long number) {
    float momentum = (float) plan.momentum();
    float rest = 1 - momentum;
    float keep = (float) SECOND;
    float add = (float) (1 - SECOND);
    double t = number + 1.0;
    double correction = StrictMath.sqrt(1 - StrictMath.pow(SECOND, t));
    float size = (float) (rate * correction / (1 - StrictMath.pow(plan.momentum(), t)));
    float tiny = (float) (TINY * correction);
    float shrink = (float) (rate * plan.decay());
    for (int i = 0; i < free.length; i++) {
      float g = scale * gradient[i];
      float m = momentum * first[i] + rest * g;
      float v = keep * second[i] + add * g * g;
      first[i] = m;
      second[i] = v;
      float w = free[i];
      w -= decays[i] ? shrink * w : 0;
      free[i] = w - size * m / ((float) Math.sqrt(v) + tiny);
    }
  }
}
