package io.stopline.studio.camera;

import org.jspecify.annotations.Nullable;

/**
 * One picture that a camera shows. The arrays are shared, not copied: nobody may change them.
 *
 * @param name of the drive or whatever it belongs to; goes into a header, so letters, digits and
 *     {@code -_.} only
 * @param frame its number there
 * @param jpeg the picture
 * @param truth what is really there, as a JSON object; null where nobody knows
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody; copies of every frame would cost
public record Shot(String name, int frame, byte[] jpeg, @Nullable String truth) {

  public Shot {
    if (!name.matches("[A-Za-z0-9._-]{0,100}")) {
      throw new IllegalArgumentException(
          "'%s' cannot stand in a header; use letters, digits, '-', '_' and '.'".formatted(name));
    }
  }
}
