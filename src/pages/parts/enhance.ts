/** The only script of the pages. Everything works without scripts too. */
export const script = `for (const time of document.querySelectorAll('time')) {
  const withTime = time.dataset.style === 'time'
  const options = { dateStyle: 'medium', ...(withTime && { timeStyle: 'short' }) }
  time.textContent = new Intl.DateTimeFormat(document.documentElement.lang, options).format(new Date(time.dateTime))
}
for (const block of document.querySelectorAll('[data-copy]')) {
  if (!navigator.clipboard) break
  const button = document.createElement('button')
  button.type = 'button'
  button.className = 'copy'
  button.textContent = block.dataset.copy
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(block.querySelector('code').textContent)
    button.textContent = block.dataset.copied
    setTimeout(() => { button.textContent = block.dataset.copy }, 2000)
  })
  block.append(button)
}
let isChanged = false
for (const form of document.querySelectorAll('form[data-guard]')) {
  form.addEventListener('input', () => { isChanged = true })
  form.addEventListener('submit', () => { isChanged = false })
}
addEventListener('beforeunload', (event) => { if (isChanged) event.preventDefault() })
`
