package io.stopline.evaluation;

import java.util.List;

/**
 * What a folder of labelled images holds, before its images are looked at.
 *
 * @param classNames one name a class, in order of the class index
 * @param signs in any order
 * @param notes what a reader of figures should know
 */
public record SignListing(List<String> classNames, List<ListedSign> signs, List<String> notes) {

  public SignListing {
    classNames = List.copyOf(classNames);
    signs = List.copyOf(signs);
    notes = List.copyOf(notes);
  }
}
