package io.stopline.evidence.pack;

import static io.stopline.evaluation.robustness.Html.escape;

import io.stopline.evaluation.robustness.Html;
import io.stopline.evidence.pack.Claims.Element;
import java.util.List;
import java.util.Locale;

/** {@code claims.html}: the goal structure drawn, and the same as a list. */
final class ClaimsPage {

  private static final String STYLE =
      "<style>main{max-width:76rem}a{color:var(--c0)}.gsn{display:block}.gsn"
          + " text{fill:var(--ink);font:13px system-ui,sans-serif}.gsn"
          + " .id{font-weight:700;fill:var(--soft)}.gsn rect,.gsn polygon,.gsn"
          + " ellipse{fill:var(--card);stroke:var(--c0);stroke-width:1.5}.gsn .solution"
          + " rect{stroke:var(--c4)}.gsn .context rect,.gsn .assumption ellipse,.gsn"
          + " .justification ellipse{stroke:var(--c5)}.gsn .strategy"
          + " polygon{stroke:var(--c2)}.gsn .open rect,.gsn"
          + " .diamond{stroke:var(--c1);stroke-dasharray:5 3}.gsn"
          + " path{fill:none;stroke:var(--soft);stroke-width:1.2}.gsn"
          + " path.context{stroke-dasharray:3 3}</style>";

  private ClaimsPage() {}

  static PackFile of(List<Element> elements) {
    StringBuilder body = new StringBuilder(STYLE);
    long open = elements.stream().filter(Element::undeveloped).count();
    body.append(
            "<p class=\"kicker\">Evidence pack</p><h1>Claims</h1><p class=\"sub\">A goal structure"
                + " (GSN, version 3). ")
        .append(
            open == 0
                ? "Every goal ends in files of this pack."
                : "Undeveloped goals (dashed, with a diamond), for which there is no evidence: %d."
                    .formatted(open))
        .append("</p><section><div class=\"scroll\">")
        .append(GoalStructureSvg.of(elements))
        .append("</div></section><section><h2>The same as a list</h2><dl class=\"grid\">");
    for (Element element : elements) {
      body.append("<dt>")
          .append(escape(element.id() + " " + element.kind().name().toLowerCase(Locale.ROOT)))
          .append("</dt><dd>")
          .append(escape(element.text()))
          .append(element.undeveloped() ? " <b>Undeveloped.</b>" : "");
      element.files().forEach(file -> body.append(' ').append(PageParts.link(file)));
      if (!element.supportedBy().isEmpty()) {
        body.append(" <span class=\"sub\">Supported by ")
            .append(escape(String.join(", ", element.supportedBy())))
            .append(".</span>");
      }
      body.append("</dd>");
    }
    body.append("</dl></section>");
    return PackFile.text(
        "claims.html", Html.page("Claims", body), "text/html", "the goal structure, drawn");
  }
}
