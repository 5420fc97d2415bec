#pragma once
// Can a type be copied? std::is_copy_constructible says yes to a vector of unique_ptr, and the
// compiler says no where the copy is made.

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <tuple>
#include <type_traits>
#include <utility>

namespace aio {

/// `perhaps`: a class that says so, and whose members nobody can look at.
enum class Copies { never, perhaps, always };

namespace detail {

template <class T>
concept TupleLike = requires {
  std::tuple_size<T>::value;
};
template <class T>
concept HasElements = requires {
  typename T::value_type;
};

template <class T, int depth>
consteval Copies find_copies();

template <class T, int depth, std::size_t... i>
consteval Copies copies_of_all(std::index_sequence<i...>) {
  return std::min({Copies::always, find_copies<std::tuple_element_t<i, T>, depth>()...});
}

/// Looks at the elements of what has any, `depth` levels down.
template <class T, int depth>
consteval Copies find_copies() {
  if constexpr (!std::is_copy_constructible_v<T>) {
    return Copies::never;
  } else if constexpr (std::is_trivially_copyable_v<T>) {
    return Copies::always;
  } else if constexpr (depth == 0) {
    return Copies::perhaps;
  } else if constexpr (TupleLike<T>) {
    return copies_of_all<T, depth - 1>(std::make_index_sequence<std::tuple_size_v<T>>());
  } else if constexpr (HasElements<T>) {
    return find_copies<typename T::value_type, depth - 1>();
  } else {
    return Copies::perhaps;
  }
}

}  // namespace detail

template <class T>
inline constexpr Copies copies = detail::find_copies<T, 6>();

}  // namespace aio
