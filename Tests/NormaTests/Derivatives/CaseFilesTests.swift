import Foundation
import Testing

@testable import Cohort

@Suite struct CaseFilesTests {
  @Test(arguments: [
    ("sub-01", "sub-01/anat/sub-01"), ("sub-01_ses-2_run-1", "sub-01/ses-2/anat/sub-01_ses-2_run-1"),
    ("patient 7", "patient 7/patient 7"), ("ses-1_x", "ses-1_x/ses-1_x"),
    ("sub-01_acq-3d_ses-2", "sub-01/ses-2/anat/sub-01_acq-3d_ses-2"),
  ])
  func resultsHaveDerivativeNames(caseID: String, prefix: String) {
    let files = CaseFiles(caseID: caseID)
    #expect(files.mask == "\(prefix)_label-lesion_mask.nii.gz")
    #expect(files.record == "\(prefix)_desc-norma_record.json")
    let figures = Set(CaseFiles.figureNames.map(files.figure))
    #expect(files.segmented.filter { !figures.contains($0) }.allSatisfy { $0.hasPrefix(prefix) })
  }

  @Test func everyFileIsListedOnceAndTheRecordFirst() {
    let files = CaseFiles(caseID: "sub-01").segmented
    #expect(Set(files).count == files.count && files.count == 37)
    #expect(files.first == CaseFiles(caseID: "sub-01").record)
  }

  @Test func figuresAreInTheFolderOfTheParticipant() {
    let figure = CaseFiles(caseID: "sub-01_ses-2_run-1").figure("levels")
    #expect(figure == "sub-01/figures/sub-01_ses-2_run-1_desc-levels_FLAIR.svg")
  }

  @Test(arguments: [("x_T1w.nii.gz", "T1w"), ("x_FLAIR.nii.gz", "FLAIR"), ("x.nii.gz", "FLAIR")])
  func preprocessedScansKeepTheirSuffix(name: String, suffix: String) {
    let files = CaseFiles(of: ScanCase(scan: URL(fileURLWithPath: "/\(name)")))
    #expect(files.preprocessed == "x/x_desc-preproc_\(suffix).nii.gz")
    #expect(files.preprocessedSidecar == "x/x_desc-preproc_\(suffix).json")
  }

  @Test func inputsAreNoOldResults() {
    let folder = URL(fileURLWithPath: "/out"), brain = folder.appendingPathComponent("a/brain.nii.gz")
    var scan = ScanCase(scan: folder.appendingPathComponent("a/a_FLAIR.nii.gz"))
    scan.brainMask = folder.appendingPathComponent("b/../a/brain.nii.gz")
    let map = folder.appendingPathComponent("a/map.nii.gz")
    #expect(scan.excludingInputs(from: [scan.image, map, brain]) == [map])
  }
}
