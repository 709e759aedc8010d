// The flags for ITK come from norma-itk.pc; the C ABI is CITK.
