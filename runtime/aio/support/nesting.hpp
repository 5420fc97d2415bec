#pragma once
// Objects that own others of their kind, which own others: a future whose result is a future, a
// gather of gathers. Destroying the first destroys all, one inside the other, and a hundred
// thousand of them are more than a stack holds. So only a few are destroyed inside each other; what
// lies deeper is put off until the outermost is gone.

#include <new>
#include <utility>
#include <vector>

namespace aio::detail {

class Nesting {
 public:
  /// Deletes `object`, at once or before the outermost call returns.
  template <class T>
  static void destroy(T* object) noexcept {
    if (depth_ >= deep && put_off({object, [](void* late) { delete static_cast<T*>(late); }}))
      return;
    ++depth_;
    delete object;
    --depth_;
    if (depth_ == 0 && any_put_off_) [[unlikely]]
      destroy_the_others();
  }

 private:
  static constexpr int deep = 500;
  struct Late {
    void* object;
    void (*destroy)(void*);
  };
  static std::vector<Late>& all() {
    static thread_local std::vector<Late> late;
    return late;
  }

  /// False when there is no memory for it: then the stack has to do.
  [[gnu::cold]] static bool put_off(Late late) noexcept {
    try {
      all().push_back(late);
    } catch (const std::bad_alloc&) {
      return false;
    }
    return any_put_off_ = true;
  }

  [[gnu::cold]] static void destroy_the_others() noexcept {
    ++depth_;
    while (!all().empty()) {
      const Late late = all().back();
      all().pop_back();
      late.destroy(late.object);
    }
    std::vector<Late>().swap(all());
    --depth_;
    any_put_off_ = false;
  }

  static inline constinit thread_local int depth_ = 0;
  static inline constinit thread_local bool any_put_off_ = false;
};

}  // namespace aio::detail
