package import Norma

/// A paragraph for the methods section of a paper, made from the settings that segmented a data set.
package struct MethodsParagraph: Sendable {
  private let bundle: BundleDescription
  private let preprocessing: PreprocessingSettings
  private let skull: SkullState
  private let thresholds: ThresholdChoice
  private let hasT1w: Bool
  private let hasTemplateImages: Bool

  /// Describes the segmentation of a data set with these settings; `hasT1w` says whether a FLAIR had a T1w.
  package init(
    bundle: BundleDescription, preprocessing: PreprocessingSettings, skull: SkullState,
    thresholds: ThresholdChoice, hasT1w: Bool, hasTemplateImages: Bool
  ) {
    (self.bundle, self.preprocessing, self.skull) = (bundle, preprocessing, skull)
    (self.thresholds, self.hasT1w, self.hasTemplateImages) = (thresholds, hasT1w, hasTemplateImages)
  }

  /// The paragraph.
  package var text: String {
    ([
      "FLAIR scans were segmented with Norma \(NormaVersion.current) and its model bundle '\(bundle.name)' "
        + "(written by Norma \(bundle.normaVersion)), without lesion masks of the present data.", brain,
    ] + [denoising].compactMap { $0 } + [bias, registration]
      + [secondContrast].compactMap { $0 } + [model, regions, output]).joined(separator: " ")
  }

  /// The works that the paragraph cites.
  var references: [Reference] { Reference.all.filter { text.contains($0.citation) } }

  private var brain: String {
    let kept = "A brain mask that came with a scan was used as it is."
    guard skull != .absent else {
      return "The scans were skull-stripped already; their voxels above 0 were taken as brain. \(kept)"
    }
    let stripped = skull == .auto ? "; in skull-stripped scans the voxels above 0 were taken as brain" : ""
    return "The brain was extracted with the MeshNet (Fedorov et al. 2017) of MindGrab (brainchop 0.1.21) at "
      + "\(format(preprocessing.brainVoxelSize.rawValue)) mm\(stripped). \(kept)"
  }

  private var denoising: String? {
    let iterations = preprocessing.denoisingIterations
    guard iterations > 0 else { return nil }
    return "Scans were denoised with \(iterations) iterations of curvature flow (Sethian 1999)."
  }

  private var bias: String {
    guard preprocessing.correctsBias else { return "The bias field was not corrected." }
    let settings = preprocessing.biasCorrection
    let outliers =
      settings.outlierDeviations > 0
      ? "; voxels within \(format(settings.outlierMargin)) mm of ones brighter than "
        + "\(format(settings.outlierDeviations)) robust standard deviations were left out of the fit" : ""
    return
      "The bias field was estimated in the brain with N4 (Tustison et al. 2010; \(settings.levels) levels of "
      + "at most \(settings.iterations) iterations, \(format(settings.spacing)) mm grid\(outliers)) and "
      + "divided out."
  }

  private var registration: String {
    guard preprocessing.registers else { return "The scans were not registered to a template." }
    let settings = preprocessing.registration
    return
      "Scans were registered to the \(TemplateSpace.name) template (Fonov et al. 2011) by an affine "
      + "transform that maximises mutual information (Mattes et al. 2003); a scan failed below a Dice overlap "
      + "of the brains of \(format(settings.leastOverlap)). Scans with less than "
      + "\(format(Preprocessor.minimumExtent)) mm of brain were "
      + "neither bias-corrected nor registered, and scans in template space were not registered."
  }

  /// What the T1w was used for; nil if it changed nothing.
  private var secondContrast: String? {
    let gains = [
      skull == .absent ? nil : "their brain mask",
      preprocessing.registers ? "their place in the template" : nil,
    ].compactMap { $0 }
    guard hasT1w, !gains.isEmpty else { return nil }
    return
      "A T1w of the session, if there was one, was registered rigidly to the FLAIR by mutual information (Mattes et "
      + "al. 2003), and left out if its fine structure did not show the same head by the correlation ratio (Roche et al. "
      + "1998). FLAIR scans with less than \(format(RegistrationStarts.wholeHeight)) mm of brain got "
      + "\(gains.joined(separator: " and ")) from it; for all others it changed nothing. Lesions were found on the "
      + "FLAIR alone."
  }

  private var model: String {
    let methods = bundle.methods.map { method in
      method.count == 1 ? method.summary : "\(method.count) x \(method.summary)"
    }
    let recipe = bundle.configuration.recipe, range = recipe.zRange
    let levels =
      range.count == 2 ? " Only brain at z = \(format(range[0])) to \(format(range[1])) mm was scored." : ""
    return
      "In axial slices of \(recipe.gridSize) x \(recipe.gridSize) pixels of \(format(recipe.gridSpacing)) mm, "
      + "every \(format(recipe.sliceSpacing)) mm, the brain was scored by: \(methods.joined(separator: "; "))."
      + "\(levels)\(scoring) The "
      + "model card of the bundle describes training and calibration."
  }

  /// What was done with the score, in sentences.
  private var scoring: String {
    let settings = bundle.configuration.scoring
    let steps = [
      settings.samples > 0 ? "is the mean of \(settings.samples) samples" : nil,
      settings.normalization == .none ? nil : "was scaled by its statistics over lesion-free slices",
      settings.intensityPrior > 0
        ? "was set to 0 where the intensity was below \(format(settings.intensityPrior))" : nil,
      settings.median > 1 || settings.medianDepth > 1
        ? "was smoothed by a median filter of \(settings.median) x \(settings.median) x "
          + "\(settings.medianDepth) pixels"
        : nil,
      settings.brightnessWeight > 0
        ? "was added to \(format(settings.brightnessWeight)) times the voxel's brightness as a robust z-score"
        : nil,
      settings.erosion > 0 ? "was set to 0 in the outer \(format(settings.erosion)) mm of the brain" : nil,
    ].compactMap { $0 }
    return steps.isEmpty ? "" : " The score \(steps.joined(separator: ", "))."
  }

  private var regions: String {
    let count = thresholds.byCase.count
    let own =
      count == 0
      ? ""
      : count == 1
        ? " 1 scan had a threshold of its own, chosen by a rater."
        : " \(count) scans had thresholds of their own, chosen by a rater."
    return bundle.meaning(of: thresholds.common) + own
  }

  private var output: String {
    let template =
      hasTemplateImages
      ? " In addition, maps (linear interpolation) and masks (nearest neighbour) were resampled to the "
        + "template."
      : ""
    return "Masks and volumes are those on the grid of each scan.\(template)"
  }
}
