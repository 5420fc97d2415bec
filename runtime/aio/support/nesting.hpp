#pragma once
// Objects that own others of their kind, which own others: a future whose result is a future, a
// gather of gathers. Destroying the first destroys all, one inside the other, and a hundred
// thousand of them are more than a stack holds. So only a few are destroyed inside each other; what
// lies deeper is put off until the outermost is gone.

#include <new>
#include <type_traits>
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
    const Deeper level;
    delete object;
  }
  /// The same for a reference, which may be the last one.
  template <class Ref>
  static void let_go(Ref last) noexcept {
    if (depth_ >= deep && put_off({last.get(), [](void* late) { end<Ref>(late); }})) {
      return static_cast<void>(last.release());
    }
    const Deeper level;
    last = nullptr;
  }

 private:
  static constexpr int deep = 500;
  struct Late {
    void* object;
    void (*destroy)(void*);
  };
  /// When the outermost one ends, it is the turn of those that were put off.
  struct Deeper {
    Deeper() { ++depth_; }
    Deeper(const Deeper&) = delete;
    Deeper& operator=(const Deeper&) = delete;
    ~Deeper() {
      if (--depth_ == 0 && any_put_off_) [[unlikely]]
        destroy_the_others();
    }
  };
  template <class Ref>
  static void end(void* late) {
    using T = std::remove_reference_t<decltype(*std::declval<Ref&>())>;
    Ref::adopt(static_cast<T*>(late));
  }
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
