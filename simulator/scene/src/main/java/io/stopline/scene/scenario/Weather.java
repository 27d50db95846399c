package io.stopline.scene.scenario;

/**
 * What falls from the sky.
 *
 * @param rain mm an hour, 0..100: 2 light, 10 heavy, 50 a cloudburst; it takes sight away with
 *     distance and draws streaks near the camera
 * @param snow share of each sign's face that snow sticks to, 0..1
 */
public record Weather(double rain, double snow) {

  /** Dry. */
  public static Weather none() {
    return new Weather(0, 0);
  }
}
