// Flags for ITK come from norma-itk.pc; the C ABI itself is CITK.
