internal import CTorch

/// Settings of libtorch that hold for the whole process.
public enum Engine {
  /// The version of libtorch.
  public static var version: String { String(cString: ct_version()) }

  /// The number of CPU threads one operator may use.
  public static var threads: Int { Int(ct_threads()) }

  /// Sets ``threads``; throws for a number below 1.
  public static func setThreads(_ count: Int) throws(TensorError) {
    try check(ct_set_threads(Int32(clamping: count)), "setThreads")
  }

  /// Keeps freed memory in the process instead of returning it to the kernel after every step, which more
  /// than doubles training speed with glibc; elsewhere it does nothing. Call it first thing in the program:
  /// threads that are running already keep their own arenas.
  public static func configureAllocator() { ct_configure_allocator() }

  /// Gives memory that was freed and kept back to the kernel, for long work whose small results would else lie scattered
  /// over an ever larger heap.
  public static func releaseFreeMemory() { ct_release_free_memory() }

  /// Loads CUDA; throws where this machine has none. Call it before the first tensor is made: libtorch
  /// counts its devices only once.
  public static func loadCUDA() throws(TensorError) { try cuda.get() }

  private static let cuda = Result { () throws(TensorError) in
    try check(ct_load_library("libtorch_cuda.so"), "loadCUDA")
  }
}
