package io.stopline.evaluation.model;

import io.stopline.yaml.SchemaCheck;
import java.text.Normalizer;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * When two names mean the same class: letter case, underscores for spaces, repeated spaces, leading
 * zeros of plain numbers and the two ways of writing an accent do not count; everything else does.
 */
final class NameForm {

  private NameForm() {}

  /** The form in which names are compared. */
  static String comparable(String name) {
    String plain =
        Normalizer.normalize(name, Normalizer.Form.NFKC)
            .toLowerCase(Locale.ROOT)
            .replace('_', ' ')
            .replaceAll("\\s+", " ")
            .strip();
    return isNumber(plain) ? plain.replaceFirst("^0+(?=\\d)", "") : plain;
  }

  /** Whether it is a number and nothing else, as folders of GTSRB are named. */
  static boolean isNumber(String name) {
    return name.matches("\\d{1,6}");
  }

  /** The name that is likely meant; null if none is similar enough. */
  static @Nullable String nearest(String name, Collection<String> names) {
    Map<String, String> byForm = new LinkedHashMap<>();
    names.forEach(n -> byForm.putIfAbsent(comparable(n), n));
    String near = SchemaCheck.nearest(comparable(name), byForm.keySet());
    return near == null ? null : byForm.get(near);
  }
}
