-- Adverts: format, size and id of a click follow the channel of the campaign.
-- violated: adverts JOIN campaigns USING (campaign_id) | lower(channel) = 'search' AND ad_format <> 'text'
-- violated: adverts JOIN campaigns USING (campaign_id) | lower(channel) = 'video' AND ad_format <> 'video'
-- violated: adverts | ad_format = 'video' AND height_px < 300
-- violated: (SELECT count(DISTINCT ad_format) AS kinds FROM adverts) | kinds < 4
-- violated: ad_clicks JOIN adverts USING (advert_id) JOIN campaigns USING (campaign_id) | lower(channel) IN ('email', 'social') AND gclid IS NOT NULL
-- violated: (SELECT count(gclid) AS there FROM ad_clicks) | there = 0
CREATE TABLE campaigns (campaign_id INTEGER PRIMARY KEY, name VARCHAR(80) NOT NULL, channel VARCHAR(30) NOT NULL);
CREATE TABLE adverts (
  advert_id INTEGER PRIMARY KEY,
  campaign_id INTEGER NOT NULL REFERENCES campaigns (campaign_id),
  ad_format VARCHAR(20) NOT NULL,
  width_px INTEGER NOT NULL,
  height_px INTEGER NOT NULL
);
CREATE TABLE ad_clicks (click_id BIGINT PRIMARY KEY, advert_id INTEGER NOT NULL REFERENCES adverts (advert_id), gclid VARCHAR(100), clicked_at TIMESTAMP NOT NULL);
