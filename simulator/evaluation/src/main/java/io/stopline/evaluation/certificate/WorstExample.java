package io.stopline.evaluation.certificate;

import io.stopline.evaluation.robustness.Html;
import io.stopline.sdk.image.Region;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * An input as a page shows it: one without a certificate, or one that fell although it had none to
 * lose.
 *
 * @param caption for people: what it is, what it was named, how far it is from a certificate
 * @param png the picture
 * @param width of the picture, px
 * @param height of the picture, px
 * @param outlined part of it that is outlined; null for none
 * @param what the picture shows, for who cannot see it
 */
@SuppressWarnings("ArrayRecordComponent") // shared, never written to
public record WorstExample(
    String caption, byte[] png, int width, int height, @Nullable Region outlined, String what) {

  /** The picture, large, with its outline, and the caption. */
  String html() {
    StringBuilder html =
        new StringBuilder("<figure><div class=\"outlined\">").append(Html.image(png, what));
    if (outlined != null) {
      html.append(
          String.format(
              Locale.ROOT,
              "<svg viewBox=\"0 0 %d %d\" preserveAspectRatio=\"none\" aria-hidden=\"true\">"
                  + "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/></svg>",
              width,
              height,
              outlined.x(),
              outlined.y(),
              outlined.width(),
              outlined.height()));
    }
    return html.append("</div><figcaption>")
        .append(Html.escape(caption))
        .append("</figcaption></figure>")
        .toString();
  }
}
