/*
 * An external TensorFlow Lite delegate for tests. It takes the last operator of a full-integer
 * model (QUANTIZE from int8 to uint8, the same scale, zero points 128 apart), which it can compute
 * exactly: flip the sign bit. Build with -DMODE_<WHAT> to make it misbehave.
 *
 * The structures are those of tensorflow/lite/core/c/common.h, version 2.21, as far as needed.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define OK 0
#define ERROR 1
#define BUILTIN_DELEGATE 51
#define BUILTIN_QUANTIZE 114
#define TYPE_UINT8 3
#define TYPE_INT8 9

typedef struct { int size; int data[]; } IntArray;
typedef struct { float scale; int32_t zero_point; } QuantizationParams;
typedef struct { int type; void* params; } Quantization;
struct Context;
struct Delegate;

typedef struct {
  int type;
  void* data;
  IntArray* dims;
  QuantizationParams params;
  int allocation_type;
  size_t bytes;
  const void* allocation;
  const char* name;
  struct Delegate* delegate;
  int buffer_handle;
  bool data_is_stale;
  bool is_variable;
  Quantization quantization;
  void* sparsity;
  const IntArray* dims_signature;
} Tensor;

typedef struct {
  IntArray* inputs;
  IntArray* outputs;
  IntArray* intermediates;
  IntArray* temporaries;
  void* user_data;
  void* builtin_data;
  const void* custom_initial_data;
  int custom_initial_data_size;
  struct Delegate* delegate;
  bool might_have_side_effect;
} Node;

typedef struct {
  void* (*init)(struct Context*, const char*, size_t);
  void (*free)(struct Context*, void*);
  int (*prepare)(struct Context*, Node*);
  int (*invoke)(struct Context*, Node*);
  const char* (*profiling_string)(const struct Context*, const Node*);
  int32_t builtin_code;
  const char* custom_name;
  int version;
  void* registration_external;
  void* (*async_kernel)(struct Context*, Node*);
  uint64_t inplace_operator;
} Registration;

typedef struct Context {
  size_t tensors_size;
  int (*GetExecutionPlan)(struct Context*, IntArray**);
  Tensor* tensors;
  void* impl;
  int (*ResizeTensor)(struct Context*, Tensor*, IntArray*);
  void (*ReportError)(struct Context*, const char*, ...);
  int (*AddTensors)(struct Context*, int, int*);
  int (*GetNodeAndRegistration)(struct Context*, int, Node**, Registration**);
  int (*ReplaceNodeSubsetsWithDelegateKernels)(
      struct Context*, Registration, const IntArray*, struct Delegate*);
} Context;

typedef struct Delegate {
  void* data;
  int (*Prepare)(Context*, struct Delegate*);
  int (*CopyFromBufferHandle)(Context*, struct Delegate*, int, Tensor*);
  int (*CopyToBufferHandle)(Context*, struct Delegate*, int, Tensor*);
  void (*FreeBufferHandle)(Context*, struct Delegate*, int*);
  int64_t flags;
  void* opaque_delegate_builder;
} Delegate;

static int kernel_prepare(Context* context, Node* node) { return OK; }

static int kernel_invoke(Context* context, Node* node) {
#ifdef MODE_FAILS_TO_RUN
  return ERROR;
#endif
  const Tensor* in = &context->tensors[node->inputs->data[0]];
  Tensor* out = &context->tensors[node->outputs->data[0]];
  const uint8_t* from = in->data;
  uint8_t* to = out->data;
  for (size_t i = 0; i < out->bytes; i++) {
#ifdef MODE_WRONG
    to[i] = (uint8_t)~(from[i] ^ 0x80);
#else
    to[i] = from[i] ^ 0x80;
#endif
  }
  return OK;
}

static int can_take(const Context* context, const Node* node, const Registration* registration) {
  if (registration->builtin_code != BUILTIN_QUANTIZE) return 0;
  const Tensor* in = &context->tensors[node->inputs->data[0]];
  const Tensor* out = &context->tensors[node->outputs->data[0]];
  return in->type == TYPE_INT8 && out->type == TYPE_UINT8 &&
         in->params.scale == out->params.scale &&
         out->params.zero_point - in->params.zero_point == 128;
}

static int prepare(Context* context, Delegate* delegate) {
#if defined(MODE_FAILS_TO_PREPARE)
  return ERROR;
#elif defined(MODE_CRASHES)
  abort();
#elif defined(MODE_HANGS)
  for (;;) pause();
#elif defined(MODE_TAKES_NOTHING)
  return OK;
#endif
  IntArray* plan;
  if (context->GetExecutionPlan(context, &plan) != OK) return ERROR;
  int last = plan->data[plan->size - 1];
  Node* node;
  Registration* registration;
  if (context->GetNodeAndRegistration(context, last, &node, &registration) != OK) return ERROR;
  if (!can_take(context, node, registration)) return OK;

  IntArray* taken = malloc(sizeof(IntArray) + sizeof(int));
  taken->size = 1;
  taken->data[0] = last;
  Registration kernel;
  memset(&kernel, 0, sizeof(kernel));
  kernel.prepare = kernel_prepare;
  kernel.invoke = kernel_invoke;
  kernel.builtin_code = BUILTIN_DELEGATE;
  kernel.custom_name = "FixtureDelegate";
  kernel.version = 1;
  int status =
      context->ReplaceNodeSubsetsWithDelegateKernels(context, kernel, taken, delegate);
  free(taken);
  return status;
}

#ifdef MODE_NO_SYMBOLS
int a_library_that_is_no_delegate(void) { return prepare != NULL; }
#else
Delegate* tflite_plugin_create_delegate(
    char** keys, char** values, size_t count, void (*report_error)(const char*)) {
#ifdef MODE_CREATES_NONE
  report_error("no accelerator on this bus");
  return NULL;
#endif
  Delegate* delegate = calloc(1, sizeof(Delegate));
  delegate->Prepare = prepare;
  return delegate;
}

void tflite_plugin_destroy_delegate(Delegate* delegate) { free(delegate); }
#endif
