/// The tissues that a voxel of an anatomy may belong to; the raw value is the channel of ``Batch/tissues``.
public enum Tissue: UInt8, Sendable, CaseIterable {
  case corticalGrey, whiteMatter, fluid, ventricle, cerebellum, brainStem, deepGrey
  /// What is not brain though it is inside the brain mask, such as meninges, skull or muscle.
  case outside
}
