// OpenID Connect gives offline_access only with prompt=consent, which SMART applications do not send. Here every
// authorization is confirmed by the person, so the request says what happens anyway. Pure.
export function askConsent(url: string, path: string): string {
  if (path !== '/auth' || !url.includes('offline_access')) return url
  const query = new URLSearchParams(url.slice(path.length + 1))
  if (query.getAll('prompt').length > 1) return url
  const prompts = (query.get('prompt') ?? '').split(' ').filter(Boolean)
  if (prompts.includes('none') || prompts.includes('consent')) return url
  query.set('prompt', [...prompts, 'consent'].join(' '))
  return `${path}?${query}`
}
