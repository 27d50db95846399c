package io.stopline.studio;

import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.CharacterEscapes;
import com.fasterxml.jackson.core.io.SerializedString;
import io.stopline.telemetry.VisibleText;
import org.jspecify.annotations.Nullable;

/**
 * Writes characters of JSON texts that {@link VisibleText} would show as {@code \\uXXXX}, as JSON
 * itself does with control characters: whoever reads the JSON gets the same text.
 */
final class InvisibleEscapes extends CharacterEscapes {

  private static final long serialVersionUID = 1L;

  @Override
  public int[] getEscapeCodesForAscii() {
    int[] codes = standardAsciiEscapesForJSON();
    codes[0x7f] = ESCAPE_STANDARD;
    return codes;
  }

  @Override
  public @Nullable SerializableString getEscapeSequence(int character) {
    if (character > 0xffff) {
      return null;
    }
    String text = String.valueOf((char) character);
    // Half of a pair is nothing by itself, but its pair may be.
    if (Character.isSurrogate((char) character)) {
      return null;
    }
    String visible = VisibleText.of(text);
    return visible.equals(text) ? null : new SerializedString(visible);
  }
}
