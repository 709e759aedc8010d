import _TestSupport
import Foundation
import Testing
import Volumes

/// Folders of DICOM files as scans: conversion by dcm2niix, choice of the FLAIR, refusals.
@Suite struct DICOMCommandTests {
  /// A folder that looks like DICOM, and a program `dcm2niix` that copies prepared files.
  private struct Input {
    let folder: URL
    var study: URL { folder / "anna" }
    var out: URL { folder / "out" }
    private var programs: URL { folder / "programs" }

    init(_ series: [(file: String, json: String)] = [("5_flair", flair), ("2_t1", t1w)]) throws {
      folder = try Workplace.folder()
      for name in ["anna/1/2", "programs", "series"] {
        try FileManager.default.createDirectory(at: folder / name, withIntermediateDirectories: true)
      }
      try (Data(repeating: 0, count: 128) + Data("DICM and more".utf8)).write(to: study / "1/2/IM0001")
      for (file, json) in series {
        try FileManager.default.copyItem(at: Cohort.patient, to: folder / "series/\(file).nii.gz")
        try Data(json.utf8).write(to: folder / "series/\(file).json")
      }
      try Data(
        """
        #!/bin/sh
        if [ "$1" = --version ]; then echo v1.0.20990101; exit 3; fi
        while [ $# -gt 1 ]; do if [ "$1" = -o ]; then out=$2; fi; shift; done
        echo "$1" >>'\(folder.path)/calls'
        cp '\(folder.path)'/series/* "$out"
        echo "Warning: a slice is missing"
        exit $(cat '\(folder.path)/status' 2>/dev/null || echo 0)
        """.utf8
      ).write(to: programs / "dcm2niix")
      try FileManager.default.setAttributes(
        [.posixPermissions: 0o755], ofItemAtPath: (programs / "dcm2niix").path)
    }

    var calls: Int {
      ((try? String(contentsOf: folder / "calls", encoding: .utf8)) ?? "").split(separator: "\n").count
    }

    func segment(_ more: [String] = [], isInstalled: Bool = true) throws -> Outcome {
      try run(["segment", study.path, out.path] + more, isInstalled: isInstalled)
    }

    func compare(_ baseline: URL, _ followUp: URL, _ series: [String] = []) throws -> Outcome {
      try run(
        ["compare-visits", baseline.path, followUp.path, "-o", out.path]
          + series.flatMap { ["--series", $0] })
    }

    func run(_ arguments: [String], isInstalled: Bool = true) throws -> Outcome {
      try Tool.run(
        arguments + ["--bundle", Cohort.bundle.path, "--threads", "1"],
        environment: ["PATH": isInstalled ? "\(programs.path):/usr/bin:/bin" : programs.path + "/none"])
    }
  }

  private static let flair =
    #"{"SeriesNumber": 5, "SeriesDescription": "flair", "InversionTime": 2.5, "EchoTime": 0.09, "#
    + #""ConversionSoftware": "dcm2niix", "ConversionSoftwareVersion": "v1.0.20990101"}"#
  private static let t1w =
    #"{"SeriesNumber": 2, "SeriesDescription": "mprage", "InversionTime": 0.9, "EchoTime": 0.003}"#
  private static let twoFLAIRs = [("5_flair", flair), ("9_flair", flair.replacing(": 5", with: ": 9"))]

  @Test func theFLAIRIsConvertedOnceAndSegmented() throws {
    let input = try Input(), outcome = try input.segment()
    #expect(outcome.code == 0, "\(outcome.standardError)")
    let log = outcome.standardError
    #expect(
      log.contains(
        "dcm2niix -z y -b y -ba y -d 9 -f %s_%d -o \(input.out.path)/converted/anna \(input.study.path)"))
    #expect(log.contains("dcm2niix: Warning: a slice is missing"))
    #expect(log.contains("Series 5 'flair' (TI 2.5 s, TE 90 ms) of 2"))
    #expect((input.out / "anna/anna_label-lesion_mask.nii.gz").exists)
    let sidecar = try String(contentsOf: input.out / "anna/anna_label-lesion_mask.json", encoding: .utf8)
    #expect(sidecar.contains(#""ConversionSoftwareVersion" : "v1.0.20990101""#))
    #expect(try input.segment().standardError.contains("1 of 1 cases were up to date") && input.calls == 1)
    try Data("more".utf8).write(to: input.study / "new")
    _ = try input.segment()
    #expect(input.calls == 2)
  }

  @Test func aSeriesIsChosenByItsNumber() throws {
    let input = try Input(Self.twoFLAIRs), refused = try input.segment()
    #expect(refused.code == 65)
    expectProblem(
      in: refused, words: ["2 series may be the FLAIR: 5 'flair'", "9 'flair'", "--series NUMBER"])
    let outcome = try input.segment(["--series", "9"])
    #expect(outcome.code == 0 && outcome.standardError.contains("converted/anna/9_flair.nii.gz"))
  }

  @Test func withoutDcm2niixTheMessageSaysHowToInstallIt() throws {
    let input = try Input(), outcome = try input.segment(isInstalled: false)
    #expect(outcome.code == 69 && !input.out.exists)
    expectProblem(
      in: outcome, words: ["dcm2niix", "not installed", input.study.path, "apt install", "pip install"])
  }

  @Test func afterAFailureNothingIsKept() throws {
    let input = try Input()
    try Data("2".utf8).write(to: input.folder / "status")
    let outcome = try input.segment()
    #expect(outcome.code == 65 && !(input.out / "converted/anna").exists)
    expectProblem(in: outcome, words: ["status 2", "a slice is missing", "by hand", input.study.path])
    // Some files were converted, others not.
    try Data("8".utf8).write(to: input.folder / "status")
    #expect(try input.segment().code == 0)
  }

  @Test func theOptionIsForDICOMOnly() throws {
    let outcome = try Tool.run(["segment", Cohort.patient.path, "--series", "5"])
    #expect(outcome.code == 64)
    expectProblem(in: outcome, words: ["--series", "DICOM"])
  }

  @Test func aFolderIsCheckedForItsScanner() throws {
    let input = try Input(),
      outcome = try input.run(["check-scanner", "-i", input.study.path, "-o", input.out.path])
    #expect(outcome.standardError.contains("-o \(input.out.path)/converted/anna \(input.study.path)"))
    #expect(outcome.standardError.contains("converted/anna/5_flair.nii.gz"))
    // The bundle of the tests does not tell tissues apart.
    expectProblem(in: outcome, words: ["does not tell tissues apart"])
  }

  /// Both folders have one name, and the later visit has the lower number; the comparison then fails because the
  /// bundle of the tests does not tell tissues apart.
  @Test func visitsOfOneNameAreConvertedBesideEachOther() throws {
    let input = try Input(Self.twoFLAIRs), later = input.folder / "later/anna"
    try FileManager.default.createDirectory(at: input.folder / "later", withIntermediateDirectories: true)
    try FileManager.default.copyItem(at: input.study, to: later)
    let outcome = try input.compare(input.study, later, ["9", "5"]), log = outcome.standardError
    expectProblem(in: outcome, words: ["does not tell tissues apart"])
    for (visit, source, series) in [("baseline", input.study, 9), ("followup", later, 5)] {
      let name = "anna_\(visit)", folder = input.out / "converted/\(name)"
      #expect(log.contains("dcm2niix -z y -b y -ba y -d 9 -f %s_%d -o \(folder.path) \(source.path)"))
      #expect(log.contains("\(folder.path)/\(series)_flair.nii.gz"))
      #expect((input.out / "\(name)/\(name)_label-lesion_mask.nii.gz").exists)
    }
  }

  @Test func oneFolderMayHaveBothVisits() throws {
    let input = try Input(Self.twoFLAIRs), same = try input.compare(input.study, input.study, ["5"])
    expectProblem(in: same, words: ["both visits are the same scan"])
    let outcome = try input.compare(input.study, input.study, ["5", "9"])
    expectProblem(in: outcome, words: ["does not tell tissues apart"])
    #expect(input.calls == 1 && (input.out / "anna_followup/anna_followup_label-lesion_mask.nii.gz").exists)
  }

  @Test func aVisitMayBeAFolderAndTheOtherAFile() throws {
    let input = try Input(Self.twoFLAIRs)
    let refused = try input.compare(Cohort.patient, input.study, ["5", "9"])
    #expect(refused.code == 64)
    expectProblem(in: refused, words: ["--series is given 2 times for one folder"])
    let outcome = try input.compare(Cohort.patient, input.study, ["9"])
    expectProblem(in: outcome, words: ["does not tell tissues apart"])
    #expect(outcome.standardError.contains("converted/anna/9_flair.nii.gz"))
  }
}
