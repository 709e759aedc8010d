// The C ABI of libtorch: all calls from Norma to libtorch pass through this header.
//
// `CTCall` runs any ATen operator by the name and the argument order of its schema (native_functions.yaml),
// which libtorch checks first; autograd and all devices work as usual. The other functions cover what has no
// schema: storage, autograd, generators and devices.
//
// No function throws. Functions that return CTStatus leave the reason of a failure in ct_error_message(); the
// others cannot fail for valid arguments and end the process otherwise. The caller owns the result of a
// *_create function and of an `out` parameter until *_destroy.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma clang assume_nonnull begin

typedef struct CTTensor CTTensor;
typedef struct CTCall CTCall;
typedef struct CTGenerator CTGenerator;

typedef enum CTStatus { CT_OK, CT_FAILED } CTStatus;

// The values of c10::ScalarType, c10::DeviceType and c10::MemoryFormat; Internal.h checks them at compile
// time.
enum {
  CT_UINT8 = 0,
  CT_INT32 = 3,
  CT_INT64 = 4,
  CT_FLOAT16 = 5,
  CT_FLOAT32 = 6,
  CT_FLOAT64 = 7,
  CT_BOOL = 11,
  CT_BFLOAT16 = 15
};
enum { CT_CPU = 0, CT_CUDA = 1, CT_MPS = 13 };
enum { CT_CONTIGUOUS = 0, CT_CHANNELS_LAST = 2 };

typedef struct CTDevice {
  int32_t type;
  int32_t index;
} CTDevice;

// The reason of the last failure on this thread.
const char *ct_error_message(void);

// Tensor
CTStatus ct_tensor_create(const void *_Nullable bytes, size_t byte_count, int32_t dtype,
                          const int64_t *_Nullable shape, int64_t rank, CTDevice device,
                          CTTensor *_Nullable *_Nonnull out);
void ct_tensor_destroy(CTTensor *tensor);
int64_t ct_tensor_rank(const CTTensor *tensor);
void ct_tensor_shape(const CTTensor *tensor, int64_t *shape);
int64_t ct_tensor_count(const CTTensor *tensor);
int32_t ct_tensor_dtype(const CTTensor *tensor);
CTDevice ct_tensor_device(const CTTensor *tensor);
// The number of changes of the tensor in place.
int64_t ct_tensor_version(const CTTensor *tensor);
// Copies the elements to host memory of exactly `byte_count` bytes, in row-major order and their own dtype.
CTStatus ct_tensor_copy_bytes(const CTTensor *tensor, void *_Nullable bytes, size_t byte_count);

// A call of an operator of `aten`, or of another namespace (`mkldnn::name`): create it, add the arguments in
// schema order, run it, take the results. Omitted trailing arguments take the schema's defaults. Null when
// out of memory.
CTCall *_Nullable ct_call_create(const char *operator_name);
void ct_call_destroy(CTCall *call);
CTStatus ct_call_add_none(CTCall *call);
CTStatus ct_call_add_tensor(CTCall *call, const CTTensor *value);
CTStatus ct_call_add_tensors(CTCall *call, const CTTensor *_Nonnull const *_Nullable values, int64_t count);
CTStatus ct_call_add_bool(CTCall *call, bool value);
CTStatus ct_call_add_int(CTCall *call, int64_t value);
CTStatus ct_call_add_ints(CTCall *call, const int64_t *_Nullable values, int64_t count);
CTStatus ct_call_add_double(CTCall *call, double value);
// An argument of type `Scalar?[]`.
CTStatus ct_call_add_numbers(CTCall *call, const double *_Nullable values, int64_t count);
CTStatus ct_call_add_string(CTCall *call, const char *value);
CTStatus ct_call_add_device(CTCall *call, CTDevice value);
CTStatus ct_call_add_generator(CTCall *call, const CTGenerator *value);
// Runs the operator. The results, with lists of tensors flattened, stay in the call until it is destroyed.
CTStatus ct_call_run(CTCall *call, int64_t *result_count);
CTStatus ct_call_result(const CTCall *call, int64_t index, CTTensor *_Nullable *_Nonnull out);

// Autograd
bool ct_tensor_requires_gradient(const CTTensor *tensor);
CTStatus ct_tensor_set_requires_gradient(CTTensor *tensor, bool required);
// The accumulated gradient as a tensor of the caller's own; null if there is none.
CTTensor *_Nullable ct_tensor_gradient(const CTTensor *tensor);
CTStatus ct_tensor_clear_gradient(CTTensor *tensor);
CTStatus ct_backward(const CTTensor *tensor);
// The gradients of the scalar `output` with respect to each input; null for an input that it does not depend
// on.
CTStatus ct_gradients(const CTTensor *output, const CTTensor *_Nonnull const *_Nullable inputs, int64_t count,
                      bool create_graph, CTTensor *_Nullable *_Nullable out);
bool ct_gradients_enabled(void);
void ct_set_gradients_enabled(bool enabled);
// Automatic mixed precision on this thread: from begin to end, convolutions and matrix products use bfloat16.
void ct_autocast_begin(int32_t device_type);
void ct_autocast_end(int32_t device_type);
bool ct_autocast_enabled(int32_t device_type);

// Random
CTStatus ct_generator_create(uint64_t seed, CTDevice device, CTGenerator *_Nullable *_Nonnull out);
void ct_generator_destroy(CTGenerator *generator);
CTStatus ct_generator_state(CTGenerator *generator, CTTensor *_Nullable *_Nonnull out);
CTStatus ct_generator_set_state(CTGenerator *generator, const CTTensor *state);

// Engine
// The version of the loaded libtorch: major, minor and patch in the three highest bytes.
uint64_t ct_version(void);
int32_t ct_threads(void);
CTStatus ct_set_threads(int32_t count);
CTStatus ct_device_count(int32_t device_type, int32_t *count);
bool ct_has_onednn(void);
// Whether oneDNN computes convolutions in bfloat16 on this processor.
bool ct_onednn_has_bfloat16(void);
// Loads a library from libtorch's folder, such as libtorch_cuda.so.
CTStatus ct_load_library(const char *file_name);
// Keeps freed memory in the process (glibc only).
void ct_configure_allocator(void);
// Returns freed memory to the kernel (glibc only).
void ct_release_free_memory(void);

#pragma clang assume_nonnull end
#ifdef __cplusplus
}
#endif
