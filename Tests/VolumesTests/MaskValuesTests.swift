import _TestSupport
import Foundation
import Testing

import Base
@testable import Volumes

@Suite struct MaskValuesTests {
  struct Values: Sendable {
    let voxels: [Float]
    var label: Int?
    let mask: [UInt8]
    var isCut = false
  }

  private static func binary(_ voxels: [Float], label: Int?, kind: String = Volume.lesionMask) throws -> (
    mask: Mask, note: String?
  ) {
    try Volume(geometry: Geometry(shape: [voxels.count, 1, 1], affine: .identity), voxels: voxels)
      .binary(label: label, kind: kind, at: "mask.nii.gz")
  }

  @Test(arguments: [
    Row("0 and 1", Values(voxels: [0, 1, 1, 0], mask: [0, 1, 1, 0])),
    Row("empty", Values(voxels: [0, 0], mask: [0, 0])),
    Row("full", Values(voxels: [1, 1], mask: [1, 1])),
    Row("8 bit", Values(voxels: [0, 255], mask: [0, 1])),
    Row("8 bit read as signed", Values(voxels: [0, -1], mask: [0, 1])),
    Row("scaled by 1/255", Values(voxels: [0, 0.003921569], mask: [0, 1])),
    Row("NaN as background", Values(voxels: [.nan, 1, .nan], mask: [0, 1, 0])),
    Row("NaN and 0", Values(voxels: [.nan, 0, 3], mask: [0, 0, 1])),
    Row("smoothed", Values(voxels: [0, 0.25, 0.5, 0.75, 1], mask: [0, 0, 0, 1, 1], isCut: true)),
    Row("faint", Values(voxels: [1e-7, 1], mask: [0, 1], isCut: true)),
    Row("nearly 1", Values(voxels: [0, 0.99999994, 1], mask: [0, 1, 1], isCut: true)),
    Row("rounding below 0", Values(voxels: [-1e-6, 0, 1.00001], mask: [0, 0, 1], isCut: true)),
    Row("probabilities without a 0", Values(voxels: [0.2, 0.2], mask: [0, 0], isCut: true)),
    Row("label 1 of 2", Values(voxels: [0, 1, 2], label: 1, mask: [0, 1, 0])),
    Row("label 2 of 2", Values(voxels: [0, 1, 2], label: 2, mask: [0, 0, 1])),
    Row("background -1", Values(voxels: [-1, 1], label: 1, mask: [0, 1])),
    Row("no voxel of the label", Values(voxels: [0, 2], label: 1, mask: [0, 0])),
    Row("label and NaN", Values(voxels: [.nan, 1, 2], label: 1, mask: [0, 1, 0])),
    Row("labels in a float file", Values(voxels: [0, 1.00002, 2], label: 1, mask: [0, 1, 0])),
    Row("label 1 of probabilities", Values(voxels: [0, 0.4, 0.6], label: 1, mask: [0, 0, 1], isCut: true)),
  ])
  func aMaskIsReadFromItsValues(row: Row<Values>) throws {
    let values = row.body
    let (mask, note) = try Self.binary(values.voxels, label: values.label)
    #expect(mask.voxels == values.mask)
    #expect(note == (values.isCut ? "The lesion mask holds values between 0 and 1; it was cut at 0.5." : nil))
  }

  @Test(
    arguments: [
      Row("label 2", ([0, 1, 2], nil, "holds the values 0, 1 and 2", "--lesion-label")),
      Row("background -1", ([-1, 1], nil, "holds the values -1 and 1", "--lesion-label")),
      Row("only background -1", ([-1, -1], nil, "holds the value -1 only", "--lesion-label")),
      Row("two labels without 0", ([1, 2], nil, "holds the values 1 and 2", "--lesion-label")),
      Row(
        "many labels", (Array(0...20).map(Float.init), nil, "many values, from 0.0 to 20.0", "--lesion-label")
      ),
      Row("spline", ([-0.1, 0, 0.5, 1.1], nil, "-0.1, 0, 0.5 and 1.1", "0 and one other value")),
      Row("percent", ([0, 12.5, 100], nil, "0, 12.5 and 100", "0 and one other value")),
      Row("infinite", ([0, .infinity], nil, "0 and inf", "0 and one other value")),
      Row("a label of fractions", ([0, 12.5, 100], 1, "0, 12.5 and 100", "0 and one other value")),
      Row("label 2 of probabilities", ([0, 0.5, 1], 2, "0, 0.5 and 1", "0 and one other value")),
    ] as [Row<([Float], Int?, String, String)>])
  func otherValuesAreRefused(row: Row<([Float], Int?, String, String)>) throws {
    let (voxels, label, what, advice) = row.body
    let problem = try problem { try Self.binary(voxels, label: label) }
    #expect(problem.kind == .badData && problem.location == "mask.nii.gz")
    #expect(
      problem.what.hasPrefix("the lesion mask holds ") && problem.what.contains(what), "\(problem.what)")
    #expect(problem.advice.contains(advice), "\(problem.advice)")
  }

  @Test func aBrainMaskHasNoLabels() throws {
    let problem = try problem { try Self.binary([0, 1, 2], label: nil, kind: Volume.brainMask) }
    #expect(problem.what == "the brain mask holds the values 0, 1 and 2")
    #expect(!problem.advice.contains("label"))
  }
}
