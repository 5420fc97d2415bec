// Name: The value is copied into the frame
// Says: your return_value copies what co_return gives it; a value that can only be moved cannot be
//   returned
// Caught-by: Step2_Result.IsMovedIntoTheFrame

//: 6.2
template <class T>
template <class U>
requires std::is_convertible_v<U, T>
void CoroReturn<T>::return_value(U&& value) {
  const U& kept = value;
  if constexpr (std::is_constructible_v<T, const U&>) {
    this->fresh_result().emplace(kept);
  } else {
    this->fresh_result().emplace(std::forward<U>(value));
  }
}
