/**
 * What a user's model means: its pixels, its outputs and the names of its classes, read in one way
 * for every command, and checked on clean images before anything is done with it.
 */
@NullMarked
package io.stopline.evaluation.model;

import org.jspecify.annotations.NullMarked;
