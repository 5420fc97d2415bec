// Name: Moving what belongs to others
// Says: your return_value moves everything, also what the coroutine only refers to: its owner loses
//   it
// Caught-by: Step2_Result.IsCopiedFromWhatBelongsToOthers

//: 6.2
template <class T>
template <class U>
requires std::is_convertible_v<U, T>
void CoroReturn<T>::return_value(U&& value) { this->fresh_result().emplace(std::move(value)); }
