import Base
import Cohort
import Foundation
import Preprocessing
import Volumes

/// Writes the files of one segmented case, its record last.
struct CaseWriter {
  let segmentation: CohortSegmentation
  let scan: ScanCase
  /// The program that made the scan from DICOM files; nil if it is unknown.
  let conversion: ConversionSoftware?
  let key: ResultKey
  let preprocessed: PreprocessedScan
  let segmented: Segmenter.Result

  private var rule: RegionRule { key.cohort.rule }
  private var bundle: BundleDescription { segmentation.bundle.description }
  private var calibration: Calibration { bundle.calibration }

  /// Writes all files and returns the record; `seconds` is called at the end.
  func write(seconds: () -> Double) throws -> CaseRecord {
    let files = CaseFiles(caseID: scan.id), regions = regions
    var written = [String]()
    func url(_ file: String) -> URL {
      written.append(file)
      return segmentation.output.appendingPathComponent(file)
    }
    try AtomicFile.write(lesionColumns.table(of: regions).text, to: url(files.lesionTable))
    try NIfTI.write(segmented.anomalyMap, to: url(files.anomalyMap))
    try NIfTI.write(segmented.labels, to: url(files.labels))
    try NIfTI.write(segmented.brain, to: url(files.brain))
    if let toTemplate = preprocessed.toTemplate {
      try ITKTransformFile.write(toTemplate, to: url(files.transform))
    }
    let t1w = try scan.t1w(onGridOf: preprocessed)
    if let t1w, let toT1w = preprocessed.record.t1w?.toT1w {
      try NIfTI.write(t1w, to: url(files.t1w))
      try AtomicFile.write(json: sidecar("T1w on the grid of the scan"), to: url(files.t1wSidecar))
      try ITKTransformFile.write(toT1w, to: url(files.t1wTransform))
    }
    if key.cohort.hasExceedance {
      let map = segmented.anomalyMap.map { $0.isNaN ? .nan : Float(calibration.exceedance(of: Double($0))) }
      try NIfTI.write(map, to: url(files.exceedance))
      try AtomicFile.write(json: sidecar(bundle.exceedanceMeaning), to: url(files.exceedanceSidecar))
    }
    if let uncertainty = segmented.uncertainty {
      try NIfTI.write(uncertainty, to: url(files.uncertainty))
      try AtomicFile.write(
        json: sidecar("Standard deviation of the score between samples, before smoothing, in the map's unit"),
        to: url(files.uncertaintySidecar))
    }
    if let tissues = segmented.tissues {
      try AtomicFile.write(
        TissueVolume.columns.table(of: TissueVolume.all(of: tissues)).text, to: url(files.tissueTable))
      try NIfTI.write(tissues, to: url(files.tissues))
      try AtomicFile.write(
        json: sidecar(
          "Most probable tissue of the voxels that were scored, with BIDS's common image-derived labels and "
            + "12 for ventricles, which have none", columns: TissueVolume.columns.descriptions()),
        to: url(files.tissuesSidecar))
    }
    try AtomicFile.write(
      json: sidecar(
        "Anomaly map: 0 = as expected or outside the brain, larger = more anomalous, NaN = brain that was not "
          + "scored"),
      to: url(files.anomalySidecar))
    try AtomicFile.write(
      json: sidecar("Regions, numbered from the largest", columns: lesionColumns.descriptions()),
      to: url(files.labelsSidecar))
    try AtomicFile.write(
      json: sidecar("Voxels of the brain that were scored", maskType: "Brain"), to: url(files.brainSidecar))
    try AtomicFile.write(
      json: sidecar(
        rule.peak == nil
          ? "Voxels whose anomaly exceeds the threshold"
          : "Voxels above the threshold in regions that exceed the peak threshold", maskType: "Lesion"),
      to: url(files.maskSidecar))
    try NIfTI.write(segmented.mask, to: url(files.mask))
    let figures = CohortSegmentation.Figures(
      scan: preprocessed.volume, map: segmented.anomalyMap, mask: segmented.mask, brain: segmented.brain,
      t1w: t1w,
      lesions: regions,
      toTemplate: preprocessed.worldToTemplate,
      slices: segmented.figures, quality: preprocessed.picture, threshold: rule.extent,
      scoredRange: segmented.scoredRange)
    if let pictures = try segmentation.draw?(figures) {
      try AtomicFile.write(pictures, to: url(files.pictures))
    }
    let result = CaseResult(
      lesions: regions, notes: preprocessed.record.notes + segmented.notes,
      preprocessing: preprocessed.record, intensity: segmented.intensity, scoredVolumeML: scoredVolumeML,
      scoredFraction: segmented.scoredFraction, whiteMatterShare: whiteMatterShare)
    let record = CaseRecord(
      files: written, result: result, seconds: segmentation.dataset == nil ? seconds() : nil)
    try AtomicFile.write(json: record, to: segmentation.output.appendingPathComponent(files.record))
    return record
  }

  /// The fraction of white matter that is in a region; nil without a tissue map or white matter.
  private var whiteMatterShare: Double? {
    guard let tissues = segmented.tissues, let white = TissueLabel(.whiteMatter)?.index else { return nil }
    var (all, inside) = (0, 0)
    for (tissue, isRegion) in zip(tissues.voxels, segmented.mask.voxels) where tissue == white {
      all += 1
      inside += Int(isRegion)
    }
    return all == 0 ? nil : Double(inside) / Double(all)
  }

  private var scoredVolumeML: Double {
    Double(segmented.brain.count) * segmented.brain.geometry.voxelVolume / 1000
  }

  /// The false regions of the calibration, if they were found by this rule; those of another extent do not
  /// compare.
  private var measured: RegionCalibration? {
    rule.peak == nil ? nil : calibration.regions.flatMap { $0.extent == rule.extent ? $0 : nil }
  }

  /// The regions with their p-values.
  private var regions: [Lesion] {
    segmented.lesions.map { lesion in
      var lesion = lesion
      lesion.pValue = measured?.pValue(
        peak: lesion.maximumScore, volume: lesion.volumeMM3, scoredVolumeML: scoredVolumeML)
      return lesion
    }
  }

  private var lesionColumns: [TableColumn<Lesion>] {
    Lesion.columns(
      hasPValues: measured != nil, hasTissues: segmented.tissues != nil,
      isPlaced: preprocessed.worldToTemplate != nil)
  }

  private func sidecar(
    _ description: String, maskType: String? = nil, columns: ColumnDescriptions = [:]
  ) -> Sidecar {
    Sidecar(
      image: ImageSidecar(
        description: description, maskType: maskType, sources: sources, spatialReference: sources.first,
        columns: columns),
      conversion: conversion, key: key, bundle: bundle.name,
      preprocessing: segmentation.preprocessor?.settings, record: preprocessed.record,
      domain: segmented.domain, notes: segmented.notes)
  }

  /// BIDS URIs or names of the input files, the scan first, on whose grid the images are.
  private var sources: [String] {
    guard let dataset = segmentation.dataset else { return [scan.image.lastPathComponent] }
    let t1w = preprocessed.record.t1w?.toT1w == nil ? nil : scan.t1w
    return ([scan.image] + [scan.brainMask, t1w].compactMap { $0 }).map(dataset.uri)
  }
}
