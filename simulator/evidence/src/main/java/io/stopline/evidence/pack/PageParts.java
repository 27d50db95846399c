package io.stopline.evidence.pack;

import static io.stopline.evaluation.robustness.Html.escape;

/** Small pieces of the pack's pages. Stateless. */
final class PageParts {

  private PageParts() {}

  /** A link to a file of the pack, from a page at its top. */
  static String link(String file) {
    return "<a href=\"" + escape(file) + "\">" + escape(file) + "</a>";
  }
}
